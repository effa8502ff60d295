/**
 * What is common to the headers with which senders and actors say how something is to wait.
 *
 * @module
 */

import { z } from "zod";
import { durationOf } from "../duration.ts";
import { TroupeError } from "../errors.ts";

/** A header that the crew has to act on says something that cannot be. */
export class BadHeaderError extends TroupeError {
  constructor(header: string, problem: string, options?: ErrorOptions) {
    super("troupe.BadHeader", "user", `The header ${JSON.stringify(header)} ${problem}`, options);
  }

  /** From what was wrong with its parts. @param example Of what could be written instead. */
  static of(header: string, cause: z.ZodError, example: string): BadHeaderError {
    const [issue] = cause.issues;
    const where = issue && issue.path.length > 0 ? `: ${issue.path.join(".")} ` : ": it ";
    return new BadHeaderError(header, `cannot be read${where}${issue?.message ?? ""}. Write ${example}`, {
      cause,
    });
  }
}

/** A length of time such as `30s`, read as milliseconds. */
export const timeSpan = z.string("has to be a length of time such as 30s, 5m or 2h").transform(
  (text, context) => {
    const ms = durationOf(text);
    if (ms !== undefined && ms > 0) return ms;
    context.addIssue({ code: "custom", message: "has to be a length of time such as 30s, 5m or 2h" });
    return z.NEVER;
  },
);

/** The earlier of two moments in milliseconds since the epoch, where either may be missing. */
export function earliest(...moments: readonly (number | undefined)[]): number | undefined {
  const given = moments.filter((moment) => moment !== undefined);
  return given.length === 0 ? undefined : Math.min(...given);
}
