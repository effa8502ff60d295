/**
 * What functions of a core module may do that is of use to nobody who puts instances back: change tables, and catch what is
 * thrown through them.
 *
 * Most toolchains fill their tables once, and comparing them costs as much as all else that is put back. Who catches nothing
 * has failed whenever the glue or the host threw something through it; who does catch could return all the same, while the
 * glue still takes a call for one that goes on: a lock is held, a handle is lent.
 *
 * @module
 */

import { MalformedWasm, Reader } from "../binary/bytes.ts";

/** What functions may do. */
export interface CodeFacts {
  /** Change tables, those of other modules too. */
  writesTables: boolean;
  /** Catch what is thrown through them. */
  catches: boolean;
}

/** What follows an opcode. */
type Operands = (reader: Reader, facts: CodeFacts) => void;

/** Something that is not known here: where the next instruction begins is not known then. */
class Unknown extends Error {
  override readonly name = "Unknown";
}

/**
 * Walks through all functions. Instructions that are not known here may do everything: those that catch are among them.
 *
 * @param code The section with the functions of a valid module.
 */
export function readCode(code: Uint8Array): CodeFacts {
  const facts: CodeFacts = { writesTables: false, catches: false };
  const reader = new Reader(code);
  try {
    reader.each(() => walk(new Reader(reader.take(reader.u32())), facts));
    return facts;
  } catch (error) {
    if (error instanceof Unknown || error instanceof MalformedWasm) {
      return { writesTables: true, catches: true };
    }
    throw error;
  }
}

function walk(body: Reader, facts: CodeFacts): void {
  body.each(() => {
    body.u32();
    valueType(body);
  });
  while (body.left > 0) operandsOf(body.byte())(body, facts);
}

function operandsOf(opcode: number): Operands {
  const operands = PLAIN[opcode];
  if (!operands) throw new Unknown();
  return operands;
}

/** Numbers, and references without types of their own: one byte each. */
const VALUE_TYPES = [0x7f, 0x7e, 0x7d, 0x7c, 0x7b, 0x70, 0x6f];

const nothing: Operands = () => {};
const index: Operands = (reader) => void reader.u32();
const indices: Operands = (reader) => void (reader.u32(), reader.u32());
const bytes = (count: number): Operands => (reader) => void reader.take(count);
const valueType = (reader: Reader): void => {
  if (!VALUE_TYPES.includes(reader.byte())) throw new Unknown();
};

/** A number, signed or not, whatever it is. */
const number = (reader: Reader): void => {
  for (let n = 0; reader.byte() >= 0x80; n++) {
    if (n === 9) throw new Unknown();
  }
};

/** No type, one, or the number of one. */
const blockType: Operands = (reader) => {
  const first = reader.peek() ?? 0;
  if (first === 0x40) return void reader.byte();
  if (first >= 0x41 && first < 0x80) return valueType(reader);
  if (reader.s33() < 0) throw new Unknown();
};

/** That changes a table. */
const writing = (operands: Operands): Operands => (reader, facts) => {
  facts.writesTables = true;
  operands(reader, facts);
};

const labels: Operands = (reader) => {
  reader.each(() => void reader.u32());
  reader.u32();
};

/** Alignment and offset; the number of the memory between them, where the alignment says so. */
const place = (reader: Reader): void => {
  if (reader.u32() >= 64) reader.u32();
  number(reader);
};

/** Of memories and segments; `table.init`, `table.copy`, `table.grow`, `table.size` and `table.fill`. */
const MISC: ReadonlyMap<number, Operands> = new Map([
  [8, indices],
  [9, index],
  [10, indices],
  [11, index],
  [12, writing(indices)],
  [13, index],
  [14, writing(indices)],
  [15, writing(index)],
  [16, index],
  [17, writing(index)],
]);

/** Instructions after the prefix 0xfc. */
const misc: Operands = (reader, facts) => {
  const code = reader.u32();
  // Conversions of numbers.
  if (code <= 7) return;
  const operands = MISC.get(code);
  if (!operands) throw new Unknown();
  operands(reader, facts);
};

/** Instructions on vectors, after the prefix 0xfd. */
const vector: Operands = (reader) => {
  const code = reader.u32();
  const lane = code >= 21 && code <= 34;
  const laneInMemory = code >= 84 && code <= 91;
  if (code <= 11 || laneInMemory || code === 92 || code === 93) place(reader);
  if (code === 12 || code === 13) reader.take(16);
  if (lane || laneInMemory) reader.take(1);
  if (code > 0x113) throw new Unknown();
};

/** Operands by opcode. What is not there catches (`try_table`, 0x1f, and `try`, 0x06), or is not known here. */
const PLAIN: readonly (Operands | undefined)[] = opcodes([
  [0x00, 0x01, nothing],
  [0x02, 0x04, blockType],
  [0x05, 0x05, nothing],
  [0x0b, 0x0b, nothing],
  [0x0c, 0x0d, index],
  [0x0e, 0x0e, labels],
  [0x0f, 0x0f, nothing],
  [0x10, 0x10, index],
  [0x11, 0x11, indices],
  [0x12, 0x12, index],
  [0x13, 0x13, indices],
  [0x1a, 0x1b, nothing],
  [0x1c, 0x1c, (reader) => reader.each(() => valueType(reader))],
  [0x20, 0x25, index],
  [0x26, 0x26, writing(index)],
  [0x28, 0x3e, place],
  [0x3f, 0x40, index],
  [0x41, 0x42, number],
  [0x43, 0x43, bytes(4)],
  [0x44, 0x44, bytes(8)],
  [0x45, 0xc4, nothing],
  [0xd0, 0xd0, valueType],
  [0xd1, 0xd1, nothing],
  [0xd2, 0xd2, index],
  [0xfc, 0xfc, misc],
  [0xfd, 0xfd, vector],
]);

function opcodes(ranges: readonly (readonly [first: number, last: number, Operands])[]): Operands[] {
  const all: Operands[] = [];
  for (const [first, last, operands] of ranges) {
    for (let opcode = first; opcode <= last; opcode++) all[opcode] = operands;
  }
  return all;
}
