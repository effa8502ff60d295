/**
 * Runs a filter as the kernel would. For tests.
 *
 * @module
 */

import { CODE, type Instruction } from "./bpf.ts";

/** A system call, as a filter sees it. */
export interface Call {
  /** What seccomp calls the architecture. */
  readonly architecture: number;
  readonly number: number;
  /** @default all are 0 */
  readonly args?: readonly bigint[];
}

/** What a filter says of a call. @throws when the program leaves its own bounds, or has no such instruction. */
export function interpret(
  program: readonly Instruction[],
  { architecture, number, args = [] }: Call,
): number {
  const data = new DataView(new ArrayBuffer(64));
  data.setUint32(0, number >>> 0, true);
  data.setUint32(4, architecture, true);
  args.forEach((argument, index) => data.setBigUint64(16 + 8 * index, BigInt.asUintN(64, argument), true));
  let loaded = 0;
  for (let at = 0;; at++) {
    const instruction = program[at];
    if (!instruction) throw new Error(`the program ends without a verdict, at ${at}`);
    const { code, jt, jf, k } = instruction;
    if (code === CODE.load) loaded = data.getUint32(k, true);
    else if (code === CODE.and) loaded = (loaded & k) >>> 0;
    else if (code === CODE.equal) at += loaded === k ? jt : jf;
    else if (code === CODE.atLeast) at += loaded >= k ? jt : jf;
    else if (code === CODE.end) return k;
    else throw new Error(`no such instruction: ${code}`);
  }
}
