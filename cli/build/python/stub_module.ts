/**
 * Core modules whose functions do nothing but trap.
 *
 * @module
 */

import { assemble, list, name, number, Reader, sectionsOf } from "../wasm_binary.ts";

/** A function that a module imports. */
export interface ImportedFunction {
  /** From where, such as `wasi:sockets/tcp@0.2.9`. */
  readonly module: string;
  readonly name: string;
  /** Its type as it stands in the module: parameters and results. */
  readonly type: readonly number[];
}

const SECTION = { type: 1, import: 2, function: 3, export: 7, code: 10 } as const;
const FUNCTION_TYPE = 0x60;
const MODULE = Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
/** No locals; `unreachable`; the end. */
const TRAP = [3, 0, 0x00, 0x0b];

/** The functions that a core module imports, from modules of some names. */
export function importedFunctions(
  module: Uint8Array,
  wanted: (module: string) => boolean,
): ImportedFunction[] {
  const types: number[][] = [];
  const found: ImportedFunction[] = [];
  for (const { id, body } of sectionsOf(module)) {
    const reader = new Reader(body);
    if (id === SECTION.type) {
      for (let left = reader.number(); left > 0; left--) types.push(functionType(reader));
    } else if (id === SECTION.import) {
      for (let left = reader.number(); left > 0; left--) {
        const entry = { module: reader.name(), name: reader.name() };
        const type = importedType(reader);
        if (wanted(entry.module) && type !== undefined) found.push({ ...entry, type: types[type] ?? [] });
      }
      return found;
    }
  }
  return found;
}

function functionType(reader: Reader): number[] {
  const start = reader.at;
  if (reader.byte() !== FUNCTION_TYPE) throw new RangeError("a core module has types that are no functions");
  for (let lists = 0; lists < 2; lists++) reader.take(reader.number());
  return [...reader.since(start)];
}

/** The type's number where a function is imported. */
function importedType(reader: Reader): number | undefined {
  const kind = reader.byte();
  if (kind === 0) return reader.number();
  if (kind === 4) reader.byte();
  if (kind === 4) reader.number();
  else if (kind === 3) reader.take(2);
  else {
    if (kind === 1) reader.byte();
    const limits = reader.byte();
    reader.number();
    if (limits & 1) reader.number();
  }
  return undefined;
}

/** A module that exports functions of these names and types, all of which trap. */
export function stubModule(functions: readonly Omit<ImportedFunction, "module">[]): Uint8Array<ArrayBuffer> {
  const section = (id: number, items: readonly (readonly number[])[]) => ({
    id,
    body: Uint8Array.from(list(items)),
  });
  return assemble(MODULE, [
    section(SECTION.type, functions.map(({ type }) => type)),
    section(SECTION.function, functions.map((_, index) => number(index))),
    section(
      SECTION.export,
      functions.map((stub, index) => [...name(stub.name), 0, ...number(index)]),
    ),
    section(SECTION.code, functions.map(() => TRAP)),
  ]);
}
