/**
 * What a component is, found out without running it. Runs in the sandbox: the bytes are not to be trusted.
 *
 * @module
 */

import { ExcessiveWasm, kindOf, MalformedWasm } from "./binary/bytes.ts";
import { type ComponentWorld, readComponent } from "./binary/component_reader.ts";
import { Extents } from "./binary/extents.ts";
import { Scope } from "./binary/scope.ts";
import { Tally } from "./binary/tally.ts";
import { cut, definitionText, typeText } from "./binary/type_text.ts";
import type { InstanceType, Item, Type } from "./binary/types.ts";

/** A function or type that an interface has: its name, and its type as text. */
export type Member = readonly [name: string, type: string];

/** Something that a component imports. */
export interface ImportFact {
  /** Such as `wasi:io/streams@0.2.12`. */
  readonly name: string;
  readonly sort: Item["sort"];
  /** What it wants of an interface; of a function or a type, that alone. */
  readonly members: readonly Member[];
}

/** Something that a component exports. */
export interface ExportFact {
  readonly name: string;
  readonly sort: Item["sort"];
  /** The type as text; of an interface what it has besides types of values, such as `interface{init, resource r}`. */
  readonly type: string;
}

/** Facts of a component; nothing in them says yet whether it is accepted. */
export interface Facts {
  readonly kind: "component" | "module" | "not-wasm";
  /** Why it cannot be read; empty when it can. */
  readonly malformed: string;
  /** What it has too much of to be read to its end; empty when it has not. */
  readonly excess: string;
  /** Names that are none of the toolchains' kind; the first few, cut. */
  readonly badNames: readonly string[];
  /** Largest body of a core function, in bytes. */
  readonly largestFunction: number;
  /** Initial bytes of all memories that an instance has. */
  readonly initialMemory: number;
  /** Initial entries of all tables that an instance has. */
  readonly tableEntries: number;
  /** Whether it makes resources of its own. */
  readonly ownResources: boolean;
  readonly imports: readonly ImportFact[];
  readonly exports: readonly ExportFact[];
}

/** Most imports, and most exports. */
const MOST_LISTED = 500;
/** Most characters of all names and types that are listed; CPython's have a tenth of it. */
const MOST_TEXT = 500_000;

/**
 * Finds them out. Whatever the bytes are, it gives an answer, in a time that grows with their number.
 *
 * @param bytes What claims to be a component.
 */
export function factsOf(bytes: Uint8Array): Facts {
  const kind = kindOf(bytes);
  const tally = new Tally();
  const nothing = {
    kind,
    malformed: "",
    excess: "",
    badNames: [],
    largestFunction: 0,
    initialMemory: 0,
    tableEntries: 0,
    ownResources: false,
    imports: [],
    exports: [],
  };
  if (kind !== "component") return nothing;
  try {
    const world = readComponent(bytes, new Scope({ tally, extents: new Extents() }));
    return {
      ...nothing,
      badNames: tally.badNames,
      largestFunction: tally.largestFunction,
      initialMemory: world.footprint.memory,
      tableEntries: world.footprint.tableEntries,
      ownResources: tally.ownResources,
      ...listed(world),
    };
  } catch (error) {
    if (!(error instanceof MalformedWasm)) throw error;
    const why = error instanceof ExcessiveWasm ? "excess" : "malformed";
    return { ...nothing, badNames: tally.badNames, [why]: error.message };
  }
}

function listed({ imports, exports }: ComponentWorld): Pick<Facts, "imports" | "exports"> {
  if (imports.size > MOST_LISTED || exports.size > MOST_LISTED) {
    throw new ExcessiveWasm(`it has more than ${MOST_LISTED} imports or exports`);
  }
  let left = MOST_TEXT;
  const bounded = (text: string) => {
    left -= text.length;
    if (left < 0) throw new ExcessiveWasm(`its imports and exports have more than ${MOST_TEXT} characters`);
    return text;
  };
  return {
    imports: [...imports].filter(([, item]) => !isAlias(item)).map(([name, item]) => ({
      name: bounded(name),
      sort: item.sort,
      members: membersOf(name, item).map(([name, type]) => [bounded(name), bounded(type)] as const),
    })),
    exports: [...exports].map(([name, item]) => ({
      name: bounded(name),
      sort: item.sort,
      type: bounded(item.sort === "instance" ? interfaceText(item.type) : typeText(item.type)),
    })),
  };
}

/** A type that is imported as equal to another (`use` in a world) asks for nothing. */
function isAlias({ sort, type }: Item): boolean {
  return sort === "type" && !(type.kind === "resource" && !type.owner);
}

function membersOf(name: string, { sort, type }: Item): Member[] {
  if (sort !== "instance") return [[name, typeText(type)]];
  return [...type.exports].map(([name, item]) => [name, memberText(item, type)]);
}

function memberText({ sort, type }: Item, within: InstanceType): string {
  return sort === "type" ? definitionText(type, within) : typeText(type, within);
}

function interfaceText({ exports }: InstanceType): string {
  const shown = [...exports].flatMap(([name, { sort, type }]) => {
    if (sort === "function") return [name];
    if (sort === "instance") return [`instance ${name}`];
    return isResource(type) ? [`resource ${name}`] : [];
  });
  return cut(`interface{${shown.join(", ")}}`);
}

function isResource(type: Type): boolean {
  return type.kind === "named" ? isResource(type.of) : type.kind === "resource";
}
