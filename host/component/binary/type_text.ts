/**
 * Types as text, close to WIT.
 *
 * @module
 */

import type { InstanceType, Part, ResourceType, Type, ValueType } from "./types.ts";

/** Longest text of a type; the largest in WASI has 600 characters. */
const LONGEST_TEXT = 2_000;

/** Cuts a text that is too long. */
export function cut(text: string): string {
  return text.slice(0, LONGEST_TEXT);
}

/**
 * The text of a type: `func(self: borrow<pollable>) -> bool`. Names stand for types that `within` exports; types of other
 * interfaces are written out, but for resources: `wasi:io/error.error`. Cut where it is too long.
 */
export function typeText(type: Type, within?: InstanceType): string {
  const text = new TypeText(within);
  text.type(type);
  return text.text;
}

/** The text of the type that `within` exports under a name. */
export function definitionText(type: Type, within: InstanceType): string {
  if (type.kind === "resource" && type.owner === within) return "resource";
  return typeText(type.kind === "named" && type.owner === within ? type.of : type, within);
}

class TypeText {
  text = "";
  readonly #within: InstanceType | undefined;

  constructor(within: InstanceType | undefined) {
    this.#within = within;
  }

  #add(more: string): void {
    if (this.text.length < LONGEST_TEXT) this.text = cut(this.text + more);
  }

  type(type: Type): void {
    if (this.text.length >= LONGEST_TEXT) return;
    switch (type.kind) {
      case "value":
        return this.#value(type);
      case "function":
        this.#add("func(");
        this.#list(type.parameters, ({ label, type }) => this.#labelled(label, type));
        this.#add(")");
        if (type.result) this.#add(" -> ");
        if (type.result) this.type(type.result);
        return;
      case "named":
        return type.owner === this.#within ? this.#add(type.name) : this.type(type.of);
      case "resource":
        return this.#resource(type);
      case "instance":
        return this.#add("instance");
    }
  }

  #resource({ owner, name = "resource" }: ResourceType): void {
    if (!owner || owner === this.#within) return this.#add(name);
    this.#add(`${owner.interface ?? "(unknown)"}.${name}`);
  }

  #value({ head, parts }: ValueType): void {
    this.#add(head);
    if (parts.length === 0) return;
    const [open, close] = LABELLED.has(head) ? "{}" : "<>";
    this.#add(open as string);
    this.#list(parts, ({ label, type }) => {
      if (head === "record") return this.#labelled(label, type);
      if (label === undefined) return type ? this.type(type) : this.#add("_");
      this.#add(label);
      if (!type) return;
      this.#add("(");
      this.type(type);
      this.#add(")");
    });
    this.#add(close as string);
  }

  #labelled(label: string | undefined, type: Type | undefined): void {
    this.#add(`${label}: `);
    if (type) this.type(type);
  }

  #list(parts: readonly Part[], write: (part: Part) => void): void {
    parts.forEach((part, n) => {
      if (n > 0) this.#add(", ");
      write(part);
    });
  }
}

/** Types whose parts have labels. */
const LABELLED = new Set(["record", "variant", "enum", "flags"]);
