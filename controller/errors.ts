/**
 * What is wrong with a spec, or with a folder of them.
 *
 * @module
 */

import { TroupeError } from "@troupe/host/errors";

/** One thing that is wrong. */
export interface SpecProblem {
  /** The file, as it was given. */
  readonly file: string;
  /** The line, from 1, where it is known. */
  readonly line?: number;
  /** The field, such as `spec.limits.memory`; empty for the whole file. */
  readonly path: string;
  /** What is wrong, and what to do. */
  readonly message: string;
}

/** Specs that cannot be used; the message has a line for each problem. */
export class ActorSpecError extends TroupeError {
  readonly problems: readonly SpecProblem[];

  /** @param problems At least one. */
  constructor(problems: readonly SpecProblem[], options?: ErrorOptions) {
    super("troupe.BadSpec", "user", problems.map(problemLine).join("\n"), options);
    this.problems = problems;
  }
}

function problemLine({ file, line, path, message }: SpecProblem): string {
  const where = line === undefined ? file : `${file}:${line}`;
  return `${where}: ${path === "" ? "" : `${path} `}${message}`;
}
