/**
 * A stage without a sandbox, for tests of the loop: what becomes of each envelope is said by a function.
 *
 * @module
 */

import { Draft } from "./draft.ts";
import type { Envelope } from "./envelope.ts";
import type { HopResult } from "./hop.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import { StageClosedError } from "./stage/errors.ts";
import type { Stage } from "./stage/stage.ts";

/** Says what becomes of an envelope. What it throws, `run` rejects with. */
export type Script = (envelope: Envelope, stage: ScriptedStage) => HopResult | Promise<HopResult>;

/** A stage that follows a script, and keeps the promises of the interface. */
export class ScriptedStage implements Stage {
  /** Envelopes that were run, in order. */
  readonly ran: Envelope[] = [];
  readonly #script: Script;
  readonly #running = new Set<Promise<unknown>>();
  readonly #ended = Promise.withResolvers<never>();
  closed: "no" | "closed" | "at once" = "no";

  constructor(script: Script) {
    this.#script = script;
    this.#ended.promise.catch(() => {});
  }

  async run(envelope: Envelope): Promise<HopResult> {
    if (this.closed !== "no") throw new StageClosedError("scripted");
    this.ran.push(envelope);
    const result = Promise.race([
      Promise.resolve().then(() => this.#script(envelope, this)),
      this.#ended.promise,
    ]);
    this.#running.add(result);
    try {
      return await result;
    } finally {
      this.#running.delete(result);
    }
  }

  pids(): number[] {
    return [];
  }

  async close({ now = false } = {}): Promise<void> {
    if (this.closed !== "at once") this.closed = now ? "at once" : "closed";
    if (now) this.#ended.reject(new StageClosedError("scripted"));
    await Promise.allSettled(this.#running);
  }
}

/** Emits payloads, after edits. */
export function emitting(envelope: Envelope, ...payloads: string[]): HopResult {
  const draft = new Draft(envelope, { grants: { route: [] }, limits: DEFAULT_LIMITS });
  for (const payload of payloads) draft.emit(payload);
  return { ok: true, emits: draft.emits };
}

/** Gives the payload back as it came. */
export const echo: Script = (envelope) => emitting(envelope, envelope.payload);

/** A hop that failed. */
export function failing(type: string, message = "it failed"): HopResult {
  return { ok: false, failure: { type, mro: [], message } };
}
