/**
 * From an actor's deadline to the moment at which the processor is free again, and the next envelope is answered.
 *
 * @module
 */

import { prepareComponent } from "@troupe/host/component/prepare";
import { parseEnvelope } from "@troupe/host/envelope";
import { startStage } from "@troupe/host/stage/supervisor";
import { join } from "@std/path";
import { buildBenchActor } from "./actors.ts";
import { type Row, spread } from "./table.ts";

const TIMES = 30;
const TIMEOUT_MS = 200;
const SPIN = "export const handle = (spins) => { for (; spins;); return 1; };\n";

/** Lets an actor spin, again and again. */
export async function benchDeadline(folder: string, cacheDir: string): Promise<Row[]> {
  const { name, component: source, ...spec } = await buildBenchActor(join(folder, "spin"), {
    name: "spin",
    source: SPIN,
  });
  const { grants, isolation } = spec;
  const limits = { ...spec.limits, timeoutMs: TIMEOUT_MS };
  const component = await prepareComponent(source, { cacheDir, grants, limits });
  const stage = await startStage({ actor: name, component, limits, isolation, grants, cacheDir });
  const freed: number[] = [];
  const answered: number[] = [];
  try {
    for (let n = 0; n < TIMES; n++) {
      await stage.run(envelope(false));
      const [pid] = stage.pids();
      const started = performance.now();
      const result = await stage.run(envelope(true));
      if (result.ok || result.failure.type !== "troupe.Timeout") throw new Error("the actor did not spin");
      while (await runs(pid as number));
      freed.push(performance.now() - started - TIMEOUT_MS);
      const next = performance.now();
      await stage.run(envelope(false));
      answered.push(performance.now() - next);
    }
  } finally {
    await stage.close({ now: true });
  }
  return [
    { what: "its process is gone", value: spread(freed), note: "looked at every 20 ms, then once more" },
    { what: "from then to the next answer", value: spread(answered), note: "by the warm spare" },
  ];
}

async function runs(pid: number): Promise<boolean> {
  try {
    return !/^State:\s+[ZX]/m.test(await Deno.readTextFile(`/proc/${pid}/status`));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function envelope(spins: boolean) {
  const body = { id: crypto.randomUUID(), route: { prev: [], curr: "spin", next: [] }, payload: spins };
  return parseEnvelope(new TextEncoder().encode(JSON.stringify(body)));
}
