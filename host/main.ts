/**
 * The process of one replica, as a cluster runs it: one actor, or one member of the crew.
 *
 * ```sh
 * deno run -A host/main.ts actors/examples/split/actor.yaml --transport embedded:mesh.db --cache cache
 * deno run -A host/main.ts x-sink --transport embedded:mesh.db --store results.db
 * ```
 *
 * @module
 */

import { parseActorSpec } from "@troupe/controller/spec";
import { parseArgs } from "node:util";
import { SINK, SUMP } from "./actor_name.ts";
import { runSink } from "./crew/sink.ts";
import { openSqliteStore } from "./crew/sqlite_store.ts";
import { runSump } from "./crew/sump.ts";
import { TroupeError } from "./errors.ts";
import { type Problem, serveHealth } from "./observe/health.ts";
import { createLogger, type Logger } from "./observe/logs.ts";
import { createMetrics, type HostMetrics, NO_METRICS } from "./observe/metrics.ts";
import { startReplica } from "./replica.ts";
import { openTransport } from "./transport/open.ts";
import type { Transport } from "./transport/transport.ts";

const USAGE = `Runs one replica of an actor, or a member of the crew.

  main.ts ACTOR.yaml --transport ADDRESS --cache FOLDER
  main.ts x-sink|x-sump --transport ADDRESS --store FILE

  --transport ADDRESS    where the queues are; or TROUPE_TRANSPORT
  --cache FOLDER         for transpiled components
  --store FILE           where results are kept
  --metrics-port PORT    serves /healthz, /readyz and /metrics
  --log json|text        how log lines look (json)
`;

/** What a replica is, whichever it is: it works until it is drained, and can be stopped at once. */
interface Running {
  readonly done: Promise<void>;
  readonly problem: () => string;
  drain(): Promise<void>;
  stop(): Promise<void>;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      transport: { type: "string", default: Deno.env.get("TROUPE_TRANSPORT") ?? "" },
      cache: { type: "string", default: "" },
      store: { type: "string", default: "" },
      "metrics-port": { type: "string" },
      log: { type: "string", default: "json" },
    },
  });
  const [what] = positionals;
  const isCrew = what === SINK || what === SUMP;
  if (!what || !values.transport || !(isCrew ? values.store : values.cache)) {
    console.error(USAGE);
    return 2;
  }
  const logger = createLogger({ format: values.log === "text" ? "text" : "json" });
  const transport = await openTransport(values.transport);
  try {
    const port = values["metrics-port"];
    const metrics = port === undefined ? undefined : await createMetrics();
    const running = isCrew
      ? await runCrew(what, { transport, logger, store: values.store })
      : await runActor(what, { transport, logger, cacheDir: values.cache, metrics: metrics ?? NO_METRICS });
    const health = metrics && serveHealth({
      problems: () => problemsOf(what, running, transport),
      metrics,
      refresh: async () => metrics.queues(await transport.depths()),
    }, { port: Number(port) });
    const ignoreSignals = endOnSignal(running, logger);
    await running.done;
    ignoreSignals();
    await health?.close();
    return 0;
  } finally {
    await transport.close();
  }
}

function problemsOf(part: string, running: Running, transport: Transport): Problem[] {
  const { ready, reason } = transport.health();
  const problem = running.problem();
  return [...(ready ? [] : [{ part: "transport", reason }]), ...(problem ? [{ part, reason: problem }] : [])];
}

async function runActor(
  file: string,
  options: { transport: Transport; logger: Logger; cacheDir: string; metrics: HostMetrics },
): Promise<Running> {
  const spec = parseActorSpec(await Deno.readTextFile(file), { file });
  const host = await startReplica(spec, options);
  return { done: host.run(), problem: () => host.broken, drain: () => host.drain(), stop: () => host.stop() };
}

async function runCrew(
  name: string,
  { transport, logger, store: path }: { transport: Transport; logger: Logger; store: string },
): Promise<Running> {
  await transport.declare([SINK, SUMP]);
  const store = await openSqliteStore({ path });
  const options = { transport, store, logger: logger.child({ actor: name }) };
  const member = name === SINK ? runSink(options) : runSump(options);
  const stop = () => member.stop();
  return { done: member.done.then(() => store.close()), problem: () => member.problem(), drain: stop, stop };
}

/** A first signal drains, a second one stops at once. */
function endOnSignal(running: Running, logger: Logger): () => void {
  let signals = 0;
  const onSignal = () => {
    const ending = ++signals === 1 ? running.drain() : running.stop();
    logger.info(signals === 1 ? "draining; a second signal stops at once" : "stopping at once");
    ending.catch((error: unknown) => logger.error("it does not end as it should", { error }));
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) Deno.addSignalListener(signal, onSignal);
  return () => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) Deno.removeSignalListener(signal, onSignal);
  };
}

if (import.meta.main) {
  try {
    Deno.exitCode = await main();
  } catch (error) {
    if (!(error instanceof TroupeError)) throw error;
    console.error(`${error.code}: ${error.message}`);
    Deno.exitCode = 1;
  }
}
