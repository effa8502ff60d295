/**
 * What one call costs in a stage, by isolation.
 *
 * @module
 */

import { type Envelope, parseEnvelope } from "@troupe/host/envelope";
import type { Isolation } from "@troupe/host/limits";
import { prepareComponent } from "@troupe/host/component/prepare";
import type { Stage } from "@troupe/host/stage";
import { startStage } from "@troupe/host/stage/supervisor";
import type { BenchActors } from "./actors.ts";
import { type Row, spread } from "./table.ts";

const CALLS = 1_000;
const WARM_UP = 100;

/** Alternates between the isolations, so that a noisy moment hits them all. */
export async function benchCalls(actors: BenchActors, cacheDir: string): Promise<Row[]> {
  const isolations: Isolation[] = ["fresh", "reuse"];
  const stages = new Map<Isolation, Stage>();
  const measured = new Map<Isolation, number[]>(isolations.map((isolation) => [isolation, []]));
  for (const isolation of isolations) {
    stages.set(isolation, await openBenchStage(actors, isolation, cacheDir));
  }
  for (let call = -WARM_UP; call < CALLS; call++) {
    for (const [isolation, stage] of stages) {
      const started = performance.now();
      const result = await stage.run(envelope(call));
      if (!result.ok) throw new Error(`the no-op actor failed: ${result.failure.message}`);
      if (call >= 0) measured.get(isolation)?.push(performance.now() - started);
    }
  }
  for (const stage of stages.values()) await stage.close();
  const notes: Record<Isolation, string> = {
    fresh: "a new instance for each call, made ahead while the host is busy elsewhere",
    reuse: "the same instance again",
  };
  return isolations.map((isolation) => ({
    what: `JavaScript, ${isolation}`,
    value: spread(measured.get(isolation) ?? []),
    note: notes[isolation],
  }));
}

async function openBenchStage(actors: BenchActors, isolation: Isolation, cacheDir: string): Promise<Stage> {
  const spec = actors.spec("noop", isolation);
  const { grants, limits } = spec;
  const component = await prepareComponent(spec.component, { cacheDir, grants, limits });
  return await startStage({ actor: spec.name, component, limits, isolation, grants, cacheDir });
}

function envelope(n: number): Envelope {
  const body = {
    id: `call-${n}`,
    route: { prev: [], curr: "noop", next: [] },
    payload: { n, text: "x".repeat(900) },
  };
  return parseEnvelope(new TextEncoder().encode(JSON.stringify(body)));
}
