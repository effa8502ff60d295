/**
 * Reads constant expressions of core modules.
 *
 * @module
 */

import type { Reader } from "../binary/bytes.ts";
import { NotRestorable } from "./core_state.ts";

/** Instructions that may stand in one. */
const Op = {
  End: 0x0b,
  GlobalGet: 0x23,
  I32Const: 0x41,
  I64Const: 0x42,
  F32Const: 0x43,
  F64Const: 0x44,
  RefNull: 0xd0,
  RefFunc: 0xd2,
};
/** Addition, subtraction and multiplication, of i32 and i64. */
const ARITHMETIC = [0x6a, 0x6b, 0x6c, 0x7c, 0x7d, 0x7e];
/** Types of references of which there is a null: functions, and what is the host's. */
const NULLABLE = [0x70, 0x6f];

/**
 * Reads one to its end. Others than numbers and references to functions are not known here: where one of them ends could
 * be mistaken, and something hidden in what follows.
 *
 * @throws {NotRestorable} at what is not known.
 */
export function readConstant(reader: Reader): void {
  for (;;) {
    const op = reader.byte();
    if (op === Op.End) return;
    if (!ARITHMETIC.includes(op)) readOperand(op, reader);
  }
}

function readOperand(op: number, reader: Reader): void {
  switch (op) {
    case Op.I32Const:
      return skipNumber(reader, 5);
    case Op.I64Const:
      return skipNumber(reader, 10);
    case Op.F32Const:
      return void reader.take(4);
    case Op.F64Const:
      return void reader.take(8);
    case Op.GlobalGet:
    case Op.RefFunc:
      return void reader.u32();
    case Op.RefNull:
      if (NULLABLE.includes(reader.byte())) return;
  }
  throw new NotRestorable(`it has a constant that is not known here (0x${op.toString(16)})`);
}

/** A signed LEB128 number. */
function skipNumber(reader: Reader, mostBytes: number): void {
  for (let n = 0; n < mostBytes; n++) {
    if (reader.byte() < 0x80) return;
  }
  throw new NotRestorable("it has a number that is too long");
}
