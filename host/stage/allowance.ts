/**
 * What one hop may still send, beside what a draft counts. The same code runs on both sides of the pipe: in the sandbox
 * it refuses, and in the host it makes sure that the sandbox did.
 *
 * @module
 */

import { RefusedCallError } from "../draft.ts";
import { TroupeError } from "../errors.ts";
import { scanJson } from "../json_text.ts";
import type { Limits } from "../limits.ts";

/**
 * Most calls of one hop that are refused: each is told to the host, which makes sure that it had to be. What is allowed has
 * bounds of its own.
 */
export const MOST_REFUSED = 4_096;
/** How many of the longest texts may be in them, all together. */
const REFUSED_TEXTS = 2;
/** Most edits of route and headers in one hop. */
const MOST_EDITS = 4_096;
/** Most bytes of paths and values in all edits of one hop: what is in headers has to fit into an envelope. */
const MOST_EDIT_BYTES = 1024 * 1024;
/** Longest event, in bytes. */
const LONGEST_EVENT_BYTES = 64 * 1024;
/** How much longer than a payload other texts of a guest may be, in bytes. */
const TEXT_SLACK_BYTES = 1024 * 1024;

/** The most bytes of text that a guest can hand over in one call or return. */
export function longestText({ emittedBytes }: Pick<Limits, "emittedBytes">): number {
  return emittedBytes + TEXT_SLACK_BYTES;
}

/** Counts down during one hop. */
export class Allowance {
  readonly #limits: Limits;
  #refused = MOST_REFUSED;
  #refusedBytes: number;
  #edits = MOST_EDITS;
  #editBytes = MOST_EDIT_BYTES;
  #events: number;
  #eventBytes: number;
  #logBytes: number;

  constructor(limits: Limits) {
    this.#limits = limits;
    this.#refusedBytes = REFUSED_TEXTS * longestText(limits);
    this.#events = limits.emits;
    this.#eventBytes = limits.emittedBytes;
    this.#logBytes = limits.logBytes;
  }

  /** Whether one more call may be refused, of so many bytes. */
  refusal(bytes: number): boolean {
    this.#refusedBytes -= bytes;
    return this.#refused-- > 0 && this.#refusedBytes >= 0;
  }

  /** An edit of so many bytes, path and value together. @throws {RefusedCallError} */
  edit(bytes: number): void {
    if (this.#edits <= 0) throw tooMuch(`More than ${MOST_EDITS} edits in one hop`);
    if (bytes > this.#editBytes) {
      throw tooMuch(`More than ${MOST_EDIT_BYTES} bytes of edits in one hop`);
    }
    this.#edits--;
    this.#editBytes -= bytes;
  }

  /** An event upstream, which has to be a JSON text. @throws {RefusedCallError} */
  event(event: string, bytes: number): void {
    const { emits, emittedBytes } = this.#limits;
    if (this.#events <= 0) throw tooMuch(`More than ${emits} events in one hop (limits.emits)`);
    if (bytes > LONGEST_EVENT_BYTES) throw tooMuch(`An event of more than ${LONGEST_EVENT_BYTES} bytes`);
    if (bytes > this.#eventBytes) {
      throw tooMuch(`More than ${emittedBytes} bytes of events in one hop (limits.emittedBytes)`);
    }
    try {
      scanJson(event);
    } catch (error) {
      if (!(error instanceof TroupeError)) throw error;
      throw new RefusedCallError("troupe.BadOutput", error.message, { cause: error });
    }
    this.#events--;
    this.#eventBytes -= bytes;
  }

  /** Whether a log line of so many bytes is kept; its newline counts. After the first that is not, none is. */
  log(bytes: number): boolean {
    const kept = bytes < this.#logBytes;
    this.#logBytes = kept ? this.#logBytes - bytes - 1 : 0;
    return kept;
  }
}

function tooMuch(message: string): RefusedCallError {
  return new RefusedCallError("troupe.OutputLimit", message);
}
