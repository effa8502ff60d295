/**
 * Finds out what an instance of a core module keeps, and whether all of it can be read and written from outside. An
 * allow-list: what is not known here to be harmless speaks against it.
 *
 * @module
 */

import { kindOf, MalformedWasm, Reader, sectionsOf } from "../binary/bytes.ts";
import { readCode } from "./code_reader.ts";
import { readConstant } from "./constant.ts";
import { blankState, type CoreState, NotRestorable, type Space } from "./core_state.ts";

/** Sections of a module. Others, such as those of tags (13), are unknown here. */
const Section = {
  Custom: 0,
  Type: 1,
  Import: 2,
  Function: 3,
  Table: 4,
  Memory: 5,
  Global: 6,
  Export: 7,
  Start: 8,
  Element: 9,
  Code: 10,
  Data: 11,
  DataCount: 12,
};

const FUNCTION_TYPE = 0x60;
const FUNCREF = 0x70;
const EXTERNREF = 0x6f;
const V128 = 0x7b;
/** i32, i64, f32, f64. */
const NUMBERS = [0x7f, 0x7e, 0x7d, 0x7c];
/** Types of globals that JavaScript can read and write; it cannot do so with a v128. */
const GLOBALS = [...NUMBERS, FUNCREF, EXTERNREF];
/** Types of what a call keeps only while it lasts. */
const LOCALS = [...GLOBALS, V128];

/**
 * Reads a module, which must be valid.
 *
 * @throws {NotRestorable} when an instance of it may keep what cannot be put back.
 */
export function readCoreState(module: Uint8Array): CoreState {
  try {
    return read(module);
  } catch (error) {
    if (!(error instanceof MalformedWasm)) throw error;
    throw new NotRestorable(`it has what is not known here: ${error.message}`, { cause: error });
  }
}

function read(module: Uint8Array): CoreState {
  if (kindOf(module) !== "module") throw new NotRestorable("it is not a core module");
  const state = blankState();
  for (const { id, bytes } of sectionsOf(module)) {
    const reader = new Reader(bytes);
    switch (id) {
      // What functions could change follows from the other sections.
      case Section.Code:
        readFunctions(bytes, state);
        continue;
      case Section.Custom:
        continue;
      case Section.Type:
        reader.each(() => readType(reader));
        break;
      case Section.Import:
        reader.each(() => readImport(reader, state));
        break;
      case Section.Function:
        reader.each(() => void reader.u32());
        break;
      case Section.Table:
        reader.each(() => define(state.tables, readTable(reader)));
        break;
      case Section.Memory:
        reader.each(() => define(state.memories, readMemory(reader)));
        break;
      case Section.Global:
        reader.each(() => {
          const mutable = readGlobalType(reader);
          readConstant(reader);
          define(state.globals, mutable);
        });
        break;
      case Section.Export:
        reader.each(() => readExport(reader, state));
        break;
      case Section.Start:
      case Section.DataCount:
        reader.u32();
        break;
      case Section.Element:
        reader.each(() => readElements(reader));
        break;
      case Section.Data:
        reader.each(() => readData(reader));
        break;
      default:
        throw new NotRestorable(`it has a section of a kind that is not known here (${id})`);
    }
    reader.end();
  }
  return state;
}

function readFunctions(code: Uint8Array, state: CoreState): void {
  const { writesTables, catches } = readCode(code);
  if (catches) {
    throw new NotRestorable("it may catch what is thrown through it, and return as if nothing had happened");
  }
  state.writesTables = writesTables;
}

/** Gives what a module defines itself the next number of its sort. */
function define(space: Space, kept: boolean): void {
  if (kept) space.kept.push(space.imported + space.defined);
  space.defined++;
}

function readType(reader: Reader): void {
  if (reader.byte() !== FUNCTION_TYPE) {
    throw new NotRestorable(
      "it has types of the garbage collector: what is in such objects cannot be put back",
    );
  }
  for (const _ of ["parameters", "results"]) {
    reader.each(() => {
      if (!LOCALS.includes(reader.byte())) throw new NotRestorable("it has a type that is not known here");
    });
  }
}

function readImport(reader: Reader, state: CoreState): void {
  reader.name();
  reader.name();
  switch (reader.byte()) {
    case 0:
      reader.u32();
      break;
    case 1:
      readTable(reader);
      state.tables.imported++;
      break;
    case 2:
      readMemory(reader);
      state.memories.imported++;
      break;
    case 3:
      readGlobalType(reader);
      state.globals.imported++;
      break;
    default:
      throw new NotRestorable("it imports what is not known here");
  }
}

function readExport(reader: Reader, state: CoreState): void {
  state.exports.push(reader.name());
  reader.byte();
  reader.u32();
}

/** Tables are kept in any case: imported or not, the instruction is the same. */
function readTable(reader: Reader): true {
  if (reader.byte() !== FUNCREF) throw new NotRestorable("it has a table of something else than functions");
  readLimits(reader, "table");
  return true;
}

function readMemory(reader: Reader): true {
  readLimits(reader, "memory");
  return true;
}

function readLimits(reader: Reader, of: "table" | "memory"): void {
  const flags = reader.byte();
  // 1: there is a maximum. Beyond that: shared, 64 bits, pages of another size.
  if (flags > 1) {
    throw new NotRestorable(`it has a ${of} that is shared, of 64 bits, or of a kind not known here`);
  }
  reader.u32();
  if (flags === 1) reader.u32();
}

/** Whether it is mutable. */
function readGlobalType(reader: Reader): boolean {
  if (!GLOBALS.includes(reader.byte())) {
    throw new NotRestorable("it has a global that is neither a number nor a reference to a function");
  }
  const mutable = reader.byte();
  if (mutable > 1) throw new NotRestorable("it has a global of a kind that is not known here");
  return mutable === 1;
}

/** Bits of what kind of segment there is. */
const Kind = { NotActive: 1, Numbered: 2, Declared: 2, Expressions: 4 };

function readElements(reader: Reader): void {
  const kind = reader.u32();
  if (kind > 7) throw unknownSegment();
  const active = (kind & Kind.NotActive) === 0;
  const passive = !active && (kind & Kind.Declared) === 0;
  if (active) {
    if (kind & Kind.Numbered) reader.u32();
    readConstant(reader);
  }
  const expressions = (kind & Kind.Expressions) !== 0;
  if (!active || (kind & Kind.Numbered) !== 0) {
    // A type of references, or 0 for functions by their numbers.
    if (reader.byte() !== (expressions ? FUNCREF : 0)) throw unknownSegment();
  }
  let length = 0;
  reader.each(() => {
    length++;
    if (expressions) readConstant(reader);
    else reader.u32();
  });
  if (passive) checkPassive(length);
}

function readData(reader: Reader): void {
  const kind = reader.u32();
  if (kind > 2) throw unknownSegment();
  const passive = kind === 1;
  if (kind === 2) reader.u32();
  if (!passive) readConstant(reader);
  const length = reader.u32();
  reader.take(length);
  if (passive) checkPassive(length);
}

/** An instance can drop them for good, unseen. One that is dropped is as one that is empty, so that these do not matter. */
function checkPassive(length: number): void {
  if (length > 0) throw new NotRestorable("it has passive segments, which it can drop for good");
}

function unknownSegment(): NotRestorable {
  return new NotRestorable("it has a segment of a kind that is not known here");
}
