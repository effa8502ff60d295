/**
 * Reads a core module as far as its names and sizes go.
 *
 * @module
 */

import { kindOf, MalformedWasm, Reader, sectionsOf } from "./bytes.ts";
import type { Tally } from "./tally.ts";

/** What one instance takes as soon as it is made. */
export interface Footprint {
  /** Initial bytes of its linear memories. */
  readonly memory: number;
  /** Initial entries of its tables. */
  readonly tableEntries: number;
  /** Core instances that it is made of. */
  readonly instances: number;
}

const PAGE_BYTES = 65_536;

/** Reads a module's bytes; what there is to count goes to the tally. @throws {MalformedWasm} */
export function readModule(bytes: Uint8Array, tally: Tally): Footprint {
  tally.count("modules");
  if (kindOf(bytes) !== "module") throw new MalformedWasm("a nested module is none");
  let memory = 0;
  let tableEntries = 0;
  for (const { id, bytes: body } of sectionsOf(bytes)) {
    tally.count("sections");
    const reader = new Reader(body);
    switch (id) {
      case Section.Custom:
        tally.name(reader.name());
        break;
      case Section.Import:
        reader.each(() => readImport(reader, tally));
        reader.end();
        break;
      case Section.Function:
        tally.count("functions", reader.u32());
        break;
      case Section.Table:
        reader.each(() => tableEntries += readTable(reader));
        reader.end();
        break;
      case Section.Memory:
        reader.each(() => memory += readLimits(reader) * PAGE_BYTES);
        reader.end();
        break;
      case Section.Export:
        reader.each(() => {
          tally.name(reader.name());
          reader.byte();
          reader.u32();
        });
        reader.end();
        break;
      case Section.Code:
        reader.each(() => tally.body(reader.take(reader.u32()).length));
        reader.end();
        break;
      default:
        // The others hold neither names nor sizes.
        if (id > Section.Tag) throw new MalformedWasm(`a module has a section of unknown kind ${id}`);
    }
  }
  return { memory, tableEntries, instances: 1 };
}

/** Sections of a module that matter here, and the last that there is. */
const Section = { Custom: 0, Import: 2, Function: 3, Table: 4, Memory: 5, Export: 7, Code: 10, Tag: 13 };

function readImport(reader: Reader, tally: Tally): void {
  tally.name(reader.name());
  tally.name(reader.name());
  switch (reader.byte()) {
    case 0:
      reader.u32();
      break;
    case 1:
      readValueType(reader);
      readLimits(reader);
      break;
    case 2:
      readLimits(reader);
      break;
    case 3:
      readValueType(reader);
      reader.byte();
      break;
    case 4:
      reader.byte();
      reader.u32();
      break;
    default:
      throw new MalformedWasm("a module has an import of unknown kind");
  }
}

/** A value or reference type; those with a heap type have more bytes. */
function readValueType(reader: Reader): number {
  const type = reader.byte();
  if (type === 0x63 || type === 0x64) reader.s33();
  return type;
}

/** The initial size of a table. */
function readTable(reader: Reader): number {
  const type = readValueType(reader);
  if (type === 0x40) throw new MalformedWasm("a table is filled by an expression, which no toolchain makes");
  return readLimits(reader);
}

/** The initial size that limits name. */
function readLimits(reader: Reader): number {
  const flags = reader.byte();
  // A maximum, shared, 64 bits.
  if (flags > 7) throw new MalformedWasm("limits of an unknown kind");
  const initial = reader.u64();
  if (flags & 1) reader.u64();
  return initial;
}
