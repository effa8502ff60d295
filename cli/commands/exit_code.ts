/**
 * What the exit codes of `troupe` mean.
 *
 * @module
 */

/** The exit codes of every command. Each command's `--help` says which of them it uses, and for what. */
export const EXIT = {
  /** What was asked for was done. */
  ok: 0,
  /** What was asked for failed, or the answer is no. */
  failed: 1,
  /** The command line was wrong; nothing was done. */
  usage: 2,
  /** The time to wait ran out. */
  timedOut: 3,
  /** There is a difference, and nothing was done about it. */
  differs: 4,
  /** Interrupted before it was done. */
  interrupted: 130,
} as const;
