/**
 * A host on a scripted stage, and what the tests of the loop ask about it.
 *
 * @module
 */

import { type Bench, type BenchOptions, utf8, withBench } from "./_testing.ts";
import { type Script, ScriptedStage } from "./_scripted_stage_testing.ts";
import { type Envelope, parseEnvelope } from "./envelope.ts";
import { Host, type HostOptions } from "./host.ts";
import { NO_METRICS } from "./observe/metrics.ts";
import type { Delivery } from "./transport/transport.ts";

/** A host under test. */
export interface Setting extends Bench {
  readonly host: Host;
  readonly stage: ScriptedStage;
  /** Resolves when the host has ended. */
  readonly done: Promise<void>;
  /** Publishes envelopes for the host's actor, or bodies as they are. */
  send(...bodies: (string | Uint8Array)[]): Promise<void>;
}

/** Runs a test with a host for the actor `a`, whose queue and `b` and `c` are declared besides the crew's. */
export async function withHost(
  script: Script,
  options: Partial<HostOptions> & BenchOptions & { readonly wrap?: (bench: Bench) => Partial<HostOptions> },
  run: (setting: Setting) => Promise<void>,
): Promise<void> {
  const { queues = ["a", "b", "c", "x-sink", "x-sump"], wrap = () => ({}) } = options;
  await withBench({ ...options, queues }, async (bench) => {
    const stage = new ScriptedStage(script);
    const { transport, logger } = bench;
    const host = new Host({
      actor: "a",
      transport,
      logger,
      stage,
      metrics: NO_METRICS,
      concurrency: 8,
      ...options,
      ...wrap(bench),
    });
    const done = host.run();
    const send = async (...bodies: (string | Uint8Array)[]) => {
      const messages = bodies.map((body) => ({
        queue: "a",
        body: typeof body === "string" ? utf8(body) : body,
      }));
      await transport.publish(messages);
    };
    try {
      await run({ ...bench, host, stage, done, send });
    } finally {
      await host.stop();
      await done;
    }
  });
}

/** The text of an envelope for `a`. */
export function envelopeText(
  id: string,
  { next = ["b"], ...more }: { next?: string[]; [part: string]: unknown } = {},
): string {
  return JSON.stringify({ id, route: { prev: [], curr: "a", next }, payload: { n: 1 }, ...more });
}

/** The envelope in a delivery. */
export function read({ body }: Pick<Delivery, "body">): Envelope {
  return parseEnvelope(body, { maxBytes: Infinity, maxPrev: Infinity, maxNext: Infinity });
}
