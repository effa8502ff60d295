/**
 * Measures calls of one component in stages, by the way to the state in which each finds its instance.
 *
 * @module
 */

import type { ActorSpec } from "@troupe/controller/spec";
import { type Envelope, parseEnvelope } from "@troupe/host/envelope";
import { prepareComponent } from "@troupe/host/component/prepare";
import type { Isolation } from "@troupe/host/limits";
import type { Stage } from "@troupe/host/stage";
import { startStage } from "@troupe/host/stage/supervisor";

/** A way to the state in which an envelope finds an instance. */
export interface Way {
  readonly what: string;
  readonly isolation: Isolation;
  readonly restore: boolean;
}

/** What is measured. */
export interface CallsOptions<W extends Way> {
  readonly ways: readonly W[];
  readonly cacheDir: string;
  readonly calls: number;
  /** Calls before those that count. */
  readonly warmUp: number;
  /** Of the n-th call. */
  readonly payload: (n: number) => unknown;
  /** Told after the first call on each way. */
  readonly onFirst?: (way: W, stage: Stage) => void;
}

/** Milliseconds of each call, by way. */
export interface MeasuredCalls<W extends Way> {
  readonly way: W;
  readonly measured: readonly number[];
}

/** Alternates between the ways, so that a noisy moment hits them all. */
export async function measureCalls<W extends Way>(
  spec: ActorSpec,
  { ways, cacheDir, calls, warmUp, payload, onFirst }: CallsOptions<W>,
): Promise<MeasuredCalls<W>[]> {
  const { name: actor, grants, limits } = spec;
  const component = await prepareComponent(spec.component, { cacheDir, grants, limits });
  const opened: { way: W; stage: Stage; measured: number[] }[] = [];
  try {
    for (const way of ways) {
      const { isolation, restore } = way;
      const stage = await startStage({ actor, component, limits, isolation, restore, grants, cacheDir });
      opened.push({ way, stage, measured: [] });
    }
    for (let call = -warmUp; call < calls; call++) {
      for (const { way, stage, measured } of opened) {
        const started = performance.now();
        const result = await stage.run(envelope(call, { actor, payload: payload(call) }));
        if (!result.ok) throw new Error(`${actor} failed: ${result.failure.message}`);
        if (call >= 0) measured.push(performance.now() - started);
        if (call === -warmUp) onFirst?.(way, stage);
      }
    }
    return opened.map(({ way, measured }) => ({ way, measured }));
  } finally {
    for (const { stage } of opened) await stage.close();
  }
}

function envelope(n: number, { actor, payload }: { actor: string; payload: unknown }): Envelope {
  const body = { id: `call-${n}`, route: { prev: [], curr: actor, next: [] }, payload };
  return parseEnvelope(new TextEncoder().encode(JSON.stringify(body)));
}
