/**
 * Adds exports to a core module. Nothing else of it changes.
 *
 * @module
 */

import { concat } from "../../bytes.ts";
import { Reader, type Section, sectionsOf } from "../binary/bytes.ts";

/** What an export refers to, by the numbers of the format. */
export const ExportSort = { Table: 1, Memory: 2, Global: 3 } as const;

/** An export to be added. */
export interface AddedExport {
  /** Not one that the module has. */
  readonly name: string;
  readonly sort: (typeof ExportSort)[keyof typeof ExportSort];
  readonly index: number;
}

const EXPORT_SECTION = 7;
const CUSTOM_SECTION = 0;
const PREAMBLE_BYTES = 8;

/**
 * The module with more exports.
 *
 * @throws {MalformedWasm} when the module cannot be read.
 */
export function addExports(module: Uint8Array, added: readonly AddedExport[]): Uint8Array<ArrayBuffer> {
  const sections = [...sectionsOf(module)];
  const exports = sections.findIndex(({ id }) => id === EXPORT_SECTION);
  if (exports >= 0) sections[exports] = extended((sections[exports] as Section).bytes, added);
  else sections.splice(placeOfExports(sections), 0, extended(Uint8Array.of(0), added));
  return concat([
    module.subarray(0, PREAMBLE_BYTES),
    ...sections.flatMap(({ id, bytes }) => [Uint8Array.of(id), leb(bytes.length), bytes]),
  ]);
}

/** Sections have an order, in which custom ones stand anywhere: exports come after globals, whose number is one less. */
function placeOfExports(sections: readonly Section[]): number {
  const after = sections.findIndex(({ id }) => id !== CUSTOM_SECTION && id > EXPORT_SECTION);
  return after < 0 ? sections.length : after;
}

function extended(body: Uint8Array, added: readonly AddedExport[]): Section {
  const reader = new Reader(body);
  const count = reader.u32();
  const bytes = concat([
    leb(count + added.length),
    reader.take(reader.left),
    ...added.flatMap(({ name, sort, index }) => {
      const encoded = new TextEncoder().encode(name);
      return [leb(encoded.length), encoded, Uint8Array.of(sort), leb(index)];
    }),
  ]);
  return { id: EXPORT_SECTION, bytes };
}

/** An unsigned LEB128 number. */
function leb(value: number): Uint8Array {
  const bytes: number[] = [];
  for (; value >= 0x80; value = Math.floor(value / 0x80)) bytes.push(value % 0x80 + 0x80);
  return Uint8Array.of(...bytes, value);
}
