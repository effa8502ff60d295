/**
 * The process of one replica, as a cluster runs it: one actor, or one member of the crew.
 *
 * ```sh
 * deno run -A host/main.ts actors/examples/editorial/split/actor.yaml --transport embedded:mesh.db --cache cache
 * deno run -A host/main.ts x-sink --transport embedded:mesh.db --store results.db
 * deno run -A host/main.ts x-sink --transport rabbitmq://broker --store postgres://mesh@db/mesh
 * ```
 *
 * @module
 */

import { MAX_CLAIMED_ENVELOPE_BYTES } from "./crew/claim_check.ts";
import { withClaims } from "./crew/claiming_transport.ts";
import { followControls, tellControls } from "./control_feed.ts";
import { CREW, SINK } from "./actor_name.ts";
import { readSettings, type Settings, USAGE } from "./command_line.ts";
import { UsageError } from "./usage_error.ts";
import { openClaims, openStore } from "./crew/open_store.ts";
import { type Retention, startSweeper } from "./crew/retention.ts";
import { recordHops } from "./crew/recorder.ts";
import { type CrewName, isCrewName, runCrewMember } from "./crew/run.ts";
import { stopAtOnce } from "./crew/stop_at_once.ts";
import { Late } from "./late.ts";
import { TroupeError } from "./errors.ts";
import { type HealthServer, type Problem, serveHealth } from "./observe/health.ts";
import { createLogger, type Logger } from "./observe/logs.ts";
import { createMetrics, type HostMetrics, NO_METRICS } from "./observe/metrics.ts";
import { openTracing, type Tracing } from "./observe/tracing.ts";
import { startReplica } from "./replica.ts";
import { requireHardening } from "./sandbox/hardening/probe.ts";
import { openState } from "./state/open_state.ts";
import { bundleStage } from "./stage/supervisor.ts";
import { openTransport } from "./transport/open.ts";
import type { Transport } from "./transport/transport.ts";

/** What a replica is, whichever it is: it works until it is drained, and can be stopped at once. */
interface Running {
  readonly done: Promise<void>;
  readonly problem: () => string;
  drain(): Promise<void>;
  stop(): Promise<void>;
}

async function run(settings: Settings): Promise<void> {
  const { what, store, objects, state, cache, listen, retention, restore, claims } = settings;
  const logger = createLogger({ format: settings.format });
  const ignoreFirst = onSignals(() => {
    logger.info("it ends before it has begun");
    Deno.exit(0);
  });
  // Before anything is taken: an actor that may not run here is none of the queue's business.
  if (settings.insists && !settings.isCrew) await requireHardening(cache);
  const tracing = await openTracing(Deno.env.toObject(), {
    service: "troupe",
    onFailure: (problem) => logger.warn("spans cannot be sent, and are lost until they can", { problem }),
  });
  const transport = await openTransport(settings.transport, {
    name: `host ${what}`,
    onEvent: ({ kind, detail }) => {
      const level = kind === "connected" || kind === "unblocked" ? "info" : "warn";
      logger[level](`transport: ${kind}`, { detail });
    },
  });
  let health: HealthServer | undefined;
  try {
    const metrics = listen && await createMetrics();
    let problem = () => "it is starting";
    health = listen && metrics && serveHealth({
      problems: () => problemsOf({ part: what, reason: problem() }, transport),
      metrics,
      refresh: async () => metrics.queues(await transport.depths()),
      onRefreshFailure: (error) => logger.warn("the depths of queues cannot be had", { error }),
    }, listen);
    const shared = { transport, logger, metrics: metrics ?? NO_METRICS, tracing };
    const running = isCrewName(what)
      ? await runCrew(what, { ...shared, store, objects, retention, claims })
      : await runActor(what, { ...shared, store, objects, stateAddress: state, cacheDir: cache, restore });
    problem = running.problem;
    const ignoreSignals = endOnSignal(running, logger);
    ignoreFirst();
    logger.info("it runs", health ? { metricsPort: health.port } : {});
    await running.done;
    ignoreSignals();
  } finally {
    await health?.close();
    await transport.close();
    await tracing.close();
  }
}

/** What every replica works with. */
interface Shared {
  readonly transport: Transport;
  readonly logger: Logger;
  readonly metrics: HostMetrics;
  readonly tracing: Tracing;
}

function problemsOf(own: Problem, transport: Transport): Problem[] {
  const { ready, reason } = transport.health();
  return [...(ready ? [] : [{ part: "transport", reason }]), ...(own.reason ? [own] : [])];
}

async function runActor(
  file: string,
  { store, objects, stateAddress, ...shared }: Shared & {
    readonly cacheDir: string;
    readonly stateAddress: string;
    readonly restore: boolean;
    readonly store: string;
    readonly objects: string;
  },
): Promise<Running> {
  const { logger } = shared;
  // Only payloads that are too large to travel need it.
  const late = new Late(() => openClaims({ store, objects }));
  const keepsPayloads = store !== "" || objects !== "";
  const claims = keepsPayloads ? async () => (await late.get()).claims : undefined;
  const transport = withClaims(shared.transport, { claims, logger });
  const state = stateAddress === "" ? undefined : new Late(() => openState(stateAddress));
  const options = {
    ...shared,
    transport,
    ...(state ? { state } : {}),
    ...(keepsPayloads ? { maxEnvelopeBytes: MAX_CLAIMED_ENVELOPE_BYTES } : {}),
  };
  const text = await readSpec(file);
  // A bucket that cannot be used is told at the start, beside which it is looked at.
  const usable = objects === "" ? undefined : late.get();
  usable?.catch(() => {});
  // In a process of its own, while the reader of specs is loaded, which takes as long: a cold start is to be short.
  const bundled = bundleStage(options.cacheDir);
  // What is wrong with it is told when the replica asks for it again.
  bundled.catch(() => {});
  const feed = followControls(options.transport);
  const close = async () => {
    feed.stop();
    await Promise.all([late.close(), state?.close()]);
  };
  try {
    const [{ parseActorSpec }] = await Promise.all([import("@troupe/controller/spec"), usable]);
    const { controls } = feed;
    const host = await startReplica(parseActorSpec(text, { file }), { ...options, controls });
    // Asked while the actor was made ready: it is not to begin while it is paused.
    await feed.heard;
    const done = host.run().finally(close);
    const stop = async () => {
      // What waits for a store that is away would never end.
      await Promise.all([host.stop(), late.close(), state?.close()]);
    };
    return { done, problem: () => host.broken, drain: () => host.drain(), stop };
  } catch (error) {
    await close();
    throw error;
  }
}

async function readSpec(file: string): Promise<string> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new UsageError(
      `${file} cannot be read: ${problem}. Name an actor's yaml file, or one of ${CREW.join(", ")}`,
      {
        cause: error,
      },
    );
  }
}

async function runCrew(
  name: CrewName,
  { store: address, objects, retention, claims, ...shared }: Shared & {
    readonly store: string;
    readonly objects: string;
    readonly retention: Retention;
    readonly claims: boolean;
  },
): Promise<Running> {
  const { transport, logger } = shared;
  await transport.declare(CREW);
  const onFailure = (error: unknown) => logger.warn("nothing can be recorded; it is tried again", { error });
  const store = await openStore(address, { onFailure, objects });
  const feed = followControls(transport);
  const options = {
    ...shared,
    transport: withClaims(transport, {
      claims: () => Promise.resolve(store.claims),
      logger,
      ...(claims ? {} : { aboveBytes: Infinity }),
    }),
    store,
    controls: feed.controls,
    logger: logger.child({ actor: name }),
  };
  const member = runCrewMember(name, options);
  const sweeper = name === SINK ? startSweeper({ ...options, retention }) : undefined;
  // Every replica of x-sink hears of every hop: what several of them write is read once.
  const recorder = name === SINK ? recordHops({ ...options, transport }) : undefined;
  const teller = name === SINK
    ? tellControls(transport, { read: () => store.controls.state(), logger })
    : undefined;
  const close = async () => {
    feed.stop();
    await Promise.all([sweeper?.stop(), teller?.stop(), recorder?.stop()]);
    await store.close();
  };
  return {
    done: member.done.then(close),
    problem: () => member.problem(),
    drain: () => member.stop(),
    stop: () => stopAtOnce([member], { store }),
  };
}

/** A first signal drains, a second one stops at once. */
function endOnSignal(running: Running, logger: Logger): () => void {
  let signals = 0;
  return onSignals(() => {
    const ending = ++signals === 1 ? running.drain() : running.stop();
    logger.info(signals === 1 ? "draining; a second signal stops at once" : "stopping at once");
    ending.catch((error: unknown) => logger.error("it does not end as it should", { error }));
  });
}

/** Listens for signals from the start: the first process of a container does not notice one that it does not listen for. */
function onSignals(onSignal: () => void): () => void {
  for (const signal of ["SIGTERM", "SIGINT"] as const) Deno.addSignalListener(signal, onSignal);
  return () => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) Deno.removeSignalListener(signal, onSignal);
  };
}

async function main(): Promise<number> {
  const settings = readSettings(Deno.args);
  if (settings) await run(settings);
  else console.log(USAGE);
  return 0;
}

if (import.meta.main) {
  try {
    Deno.exitCode = await main();
  } catch (error) {
    if (!(error instanceof TroupeError)) throw error;
    console.error(`${error.code}: ${error.message}`);
    if (error instanceof UsageError) console.error(`\n${USAGE}`);
    Deno.exitCode = error instanceof UsageError ? 2 : 1;
  }
}
