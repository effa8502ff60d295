/**
 * What one call costs in a stage, by the way to the state in which it finds its instance.
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

/** A way to the state in which an envelope finds an instance. */
interface Way {
  readonly what: string;
  readonly isolation: Isolation;
  readonly restore: boolean;
  readonly note: string;
}

const WAYS: readonly Way[] = [
  {
    what: "fresh",
    isolation: "fresh",
    restore: true,
    note: "a used instance, put back to where it began while the host is busy elsewhere",
  },
  {
    what: "fresh, --no-restore",
    isolation: "fresh",
    restore: false,
    note: "a new instance for each call, made ahead while the host is busy elsewhere",
  },
  { what: "reuse", isolation: "reuse", restore: false, note: "the same instance again" },
];

/** Alternates between the ways, so that a noisy moment hits them all. */
export async function benchCalls(actors: BenchActors, cacheDir: string): Promise<Row[]> {
  const opened = await Promise.all(WAYS.map(async (way) => ({
    way,
    stage: await openBenchStage(actors, way, cacheDir),
    measured: [] as number[],
  })));
  for (let call = -WARM_UP; call < CALLS; call++) {
    for (const { stage, measured } of opened) {
      const started = performance.now();
      const result = await stage.run(envelope(call));
      if (!result.ok) throw new Error(`the no-op actor failed: ${result.failure.message}`);
      if (call >= 0) measured.push(performance.now() - started);
    }
  }
  for (const { stage } of opened) await stage.close();
  return opened.map(({ way: { what, note }, measured }) => ({
    what: `JavaScript, ${what}`,
    value: spread(measured),
    note,
  }));
}

async function openBenchStage(
  actors: BenchActors,
  { isolation, restore }: Way,
  cacheDir: string,
): Promise<Stage> {
  const spec = actors.spec("noop", isolation);
  const { grants, limits } = spec;
  const component = await prepareComponent(spec.component, { cacheDir, grants, limits });
  return await startStage({ actor: spec.name, component, limits, isolation, restore, grants, cacheDir });
}

function envelope(n: number): Envelope {
  const body = {
    id: `call-${n}`,
    route: { prev: [], curr: "noop", next: [] },
    payload: { n, text: "x".repeat(900) },
  };
  return parseEnvelope(new TextEncoder().encode(JSON.stringify(body)));
}
