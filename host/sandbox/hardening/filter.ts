/**
 * The program that the kernel runs for each system call of a sandbox.
 *
 * @module
 */

import { and, end, ifEqual, type Instruction, load, unlessAtLeast, unlessEqual } from "./bpf.ts";
import { type Check, ERRNO, type Rule, RULES } from "./policy.ts";
import { type Architecture, AUDIT_ARCH, NEWEST, syscallNumber } from "./syscalls.ts";

/** How a filter ends, as the kernel numbers it. */
export const VERDICT = {
  allow: 0x7fff_0000,
  /** Ends the process. */
  kill: 0x8000_0000,
  /** The call fails; the lower bits are the error. */
  fail: 0x0005_0000,
} as const;

/** Where things are in what is filtered. */
const OFFSET = { number: 0, architecture: 4, arguments: 16 } as const;
const ARGUMENT_BYTES = 8;

/** For whom a filter is. */
export interface FilterOptions {
  readonly architecture: Architecture;
  /** The process's own id. */
  readonly pid: number;
}

/** Makes the filter. */
export function buildFilter({ architecture, pid }: FilterOptions): Instruction[] {
  const rules = RULES.flatMap((rule) => {
    const number = syscallNumber(rule.call, architecture);
    if (number === undefined) return [];
    const body = bodyOf(rule, pid);
    return [unlessEqual(number, body.length), ...body];
  });
  return [
    load(OFFSET.architecture),
    // The numbers of another architecture mean other calls; no engine of ours makes them.
    ifEqual(AUDIT_ARCH[architecture], 1),
    end(VERDICT.kill),
    load(OFFSET.number),
    // Later calls, and those of x32, which have a bit above: to the library, this kernel does not have them.
    unlessAtLeast(NEWEST + 1, 1),
    end(VERDICT.fail | ERRNO.ENOSYS),
    ...rules,
    end(VERDICT.fail | ERRNO.EPERM),
  ];
}

/** The instructions for a call, whose number is what is loaded; each way through them ends. */
function bodyOf({ when, fails }: Rule, pid: number): Instruction[] {
  if (fails !== undefined) return [end(VERDICT.fail | fails)];
  if (!when) return [end(VERDICT.allow)];
  return [...when.flatMap((checks) => alternative(checks, pid)), end(VERDICT.fail | ERRNO.EPERM)];
}

/** Allows the call if all checks hold; else goes on behind itself. */
function alternative(checks: readonly Check[], pid: number): Instruction[] {
  let program = [end(VERDICT.allow)];
  for (const { argument, half = "low", mask, equals } of checks.toReversed()) {
    program = [
      load(OFFSET.arguments + argument * ARGUMENT_BYTES + (half === "high" ? ARGUMENT_BYTES / 2 : 0)),
      ...(mask === undefined ? [] : [and(mask)]),
      unlessEqual(equals === "self" ? pid : equals, program.length),
      ...program,
    ];
  }
  return program;
}
