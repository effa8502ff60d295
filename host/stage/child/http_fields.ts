/**
 * The resource `fields` of `wasi:http`.
 *
 * @module
 */

import { isFieldName, isFieldValue, isHostField } from "../../http_field.ts";
import type { WireField } from "../wire/http.ts";
import type { Imports, Resource } from "./resources.ts";

/** A header of a guest: its value is bytes. */
type Entry = readonly [name: string, value: Uint8Array];

/** State of the resource. */
export interface Fields {
  /** Names in lower case; values are texts of bytes. */
  list: WireField[];
  readonly immutable: boolean;
}

/** Most bytes of all of them together: what is more is sent nowhere. */
const MOST_BYTES = 64 * 1024;
/** Counted for each beside its name and value. */
const ENTRY_BYTES = 32;

/** Makes the class. */
export function fieldsClass(calls: Imports): Resource<Fields> {
  const fields: Resource<Fields> = calls.define<Fields>({
    construct: (): Fields => ({ list: [], immutable: false }),
    statics: { fromList: (entries: Entry[]) => fields.make(fieldsOf(entries)) },
    methods: {
      get: ({ list }, name: string) => list.filter(([known]) => known === name.toLowerCase()).map(valueOf),
      has: ({ list }, name: string) => list.some(([known]) => known === name.toLowerCase()),
      set: (state, name: string, values: Uint8Array[]) =>
        change(state, name, values.map((value): Entry => [name, value])),
      delete: (state, name: string) => change(state, name, []),
      append(state, name: string, value: Uint8Array) {
        requireMutable(state);
        state.list = bounded([...state.list, checked([name, value])]);
      },
      entries: ({ list }) => list.map((field) => [field[0], valueOf(field)]),
      clone: ({ list }) => fields.make({ list: [...list], immutable: false }),
    },
  });
  return fields;
}

function fieldsOf(entries: readonly Entry[]): Fields {
  return { list: bounded(entries.map(checked)), immutable: false };
}

function change(state: Fields, name: string, entries: readonly Entry[]): void {
  requireMutable(state);
  requireName(name);
  const others = state.list.filter(([known]) => known !== name.toLowerCase());
  state.list = bounded([...others, ...entries.map(checked)]);
}

function requireMutable({ immutable }: Fields): void {
  if (immutable) throw { tag: "immutable" };
}

function requireName(name: string): void {
  if (!isFieldName(name)) throw { tag: "invalid-syntax" };
  if (isHostField(name)) throw { tag: "forbidden" };
}

function checked([name, value]: Entry): WireField {
  requireName(name);
  if (value.length > MOST_BYTES) throw { tag: "invalid-syntax" };
  const text = String.fromCharCode(...value);
  if (!isFieldValue(text)) throw { tag: "invalid-syntax" };
  return [name.toLowerCase(), text];
}

function bounded(list: WireField[]): WireField[] {
  const bytes = list.reduce((sum, [name, value]) => sum + name.length + value.length + ENTRY_BYTES, 0);
  if (bytes > MOST_BYTES) throw { tag: "invalid-syntax" };
  return list;
}

function valueOf([, value]: WireField): Uint8Array {
  return Uint8Array.from(value, (character) => character.charCodeAt(0));
}
