/**
 * Programs for the kernel's packet filter, as seccomp takes them: the few instructions that a filter of system calls needs.
 *
 * @module
 */

/** One instruction: what it does, where to go on if a comparison holds or not, and its operand. */
export interface Instruction {
  readonly code: number;
  /** Instructions to skip if it holds. */
  readonly jt: number;
  /** Instructions to skip if not. */
  readonly jf: number;
  /** 32 bits, unsigned. */
  readonly k: number;
}

/** What the instructions do, as the kernel numbers it. */
export const CODE = {
  /** Load the 32 bits at offset `k` of what is filtered. */
  load: 0x20,
  /** Keep the bits of `k`. */
  and: 0x54,
  /** Is it `k`? */
  equal: 0x15,
  /** Is it `k` or more? */
  atLeast: 0x35,
  /** End with `k`. */
  end: 0x06,
} as const;

/** Longest skip. */
const SKIP = 255;
const INSTRUCTION_BYTES = 8;

/** Loads the 32 bits at an offset. */
export function load(offset: number): Instruction {
  return { code: CODE.load, jt: 0, jf: 0, k: offset };
}

/** Keeps the bits of a mask. */
export function and(mask: number): Instruction {
  return { code: CODE.and, jt: 0, jf: 0, k: mask };
}

/** Goes on if it is the value, else skips what follows. @throws {RangeError} when that is too far. */
export function unlessEqual(value: number, skip: number): Instruction {
  return { code: CODE.equal, jt: 0, jf: checked(skip), k: value };
}

/** Skips what follows if it is the value, else goes on. @throws {RangeError} when that is too far. */
export function ifEqual(value: number, skip: number): Instruction {
  return { code: CODE.equal, jt: checked(skip), jf: 0, k: value };
}

/** Goes on if it is the value or more, else skips what follows. @throws {RangeError} when that is too far. */
export function unlessAtLeast(value: number, skip: number): Instruction {
  return { code: CODE.atLeast, jt: 0, jf: checked(skip), k: value };
}

/** Ends with a verdict. */
export function end(verdict: number): Instruction {
  return { code: CODE.end, jt: 0, jf: 0, k: verdict };
}

function checked(skip: number): number {
  if (!Number.isInteger(skip) || skip < 0 || skip > SKIP) {
    throw new RangeError(`Cannot skip ${skip} instructions: 0 to ${SKIP} can be skipped`);
  }
  return skip;
}

/** A program as the kernel reads it on a little-endian machine: an array of `struct sock_filter`. */
export function encodeProgram(program: readonly Instruction[]): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(program.length * INSTRUCTION_BYTES));
  program.forEach(({ code, jt, jf, k }, index) => {
    const at = index * INSTRUCTION_BYTES;
    view.setUint16(at, code, true);
    view.setUint8(at + 2, jt);
    view.setUint8(at + 3, jf);
    view.setUint32(at + 4, k, true);
  });
  return new Uint8Array(view.buffer);
}
