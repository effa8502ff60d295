/**
 * Asks before something that cannot be taken back.
 *
 * @module
 */

import { UsageError } from "../usage_error.ts";

/**
 * Asks a person.
 *
 * @param question Ends with a question mark.
 * @param options `yes`: the answer was given on the command line.
 * @throws {UsageError} when there is nobody to ask.
 */
export function confirmed(question: string, { yes, option }: {
  readonly yes: boolean;
  /** What answers it on a command line. @default "--yes" */
  readonly option?: string;
}): boolean {
  if (yes) return true;
  if (!Deno.stdin.isTerminal() || !Deno.stderr.isTerminal()) {
    throw new UsageError(`${question} Nobody is there to be asked: say so with ${option ?? "--yes"}`);
  }
  return confirm(question);
}
