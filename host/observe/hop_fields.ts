/**
 * What ties the lines of a log to an envelope, to everything that came of the same submission, and to its trace.
 *
 * @module
 */

import type { Envelope } from "../envelope.ts";
import { rootOf } from "../fan.ts";
import type { Stage } from "../stage/stage.ts";
import { readTraceContext } from "../trace_context.ts";
import type { Fields } from "./logs.ts";

/**
 * The fields of a hop's lines: `id`, `root` (the envelope that was submitted), and `trace_id` where there is a trace.
 *
 * @example
 * ```ts
 * import { hopFields } from "@troupe/host/observe/hop_fields";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(hopFields({ id: "1", headers: { "x-troupe-root": "0" } }), { id: "1", root: "0" });
 * ```
 */
export function hopFields(envelope: Pick<Envelope, "id" | "headers"> | undefined): Fields {
  if (!envelope) return { id: "" };
  const trace = readTraceContext(envelope.headers);
  return { id: envelope.id, root: rootOf(envelope), ...(trace ? { trace_id: trace.traceId } : {}) };
}

/** The envelopes that a stage has in hand: what a guest logs names nothing but an id. */
export class HopsInHand {
  readonly #envelopes = new Map<string, Envelope>();

  /** The fields of a guest's line. */
  fieldsOf(id: string): Fields {
    const envelope = this.#envelopes.get(id);
    return envelope ? hopFields(envelope) : { id };
  }

  /** The same stage, whose envelopes are known here while it has them. */
  of(stage: Stage): Stage {
    const envelopes = this.#envelopes;
    return {
      pids: () => stage.pids(),
      close: (options) => stage.close(options),
      async run(envelope) {
        envelopes.set(envelope.id, envelope);
        try {
          return await stage.run(envelope);
        } finally {
          // The same id may have come a second time meanwhile.
          if (envelopes.get(envelope.id) === envelope) envelopes.delete(envelope.id);
        }
      },
    };
  }
}
