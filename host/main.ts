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

import { dirname, join } from "@std/path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { MAX_CLAIMED_ENVELOPE_BYTES } from "./crew/claim_check.ts";
import { withClaims } from "./crew/claiming_transport.ts";
import { followControls, tellControls } from "./control_feed.ts";
import { CREW, SINK } from "./actor_name.ts";
import { openClaims, openStore } from "./crew/open_store.ts";
import { DEFAULT_RETENTION, type Retention, startSweeper } from "./crew/retention.ts";
import { recordHops } from "./crew/recorder.ts";
import { type CrewName, isCrewName, runCrewMember } from "./crew/run.ts";
import { stopAtOnce } from "./crew/stop_at_once.ts";
import { Late } from "./late.ts";
import { durationOf } from "./duration.ts";
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

const USAGE = `Runs one replica of an actor, or a member of the crew.

  main.ts ACTOR.yaml --transport ADDRESS --cache FOLDER
  main.ts ${CREW.join("|")} --transport ADDRESS --store STORE

  --transport ADDRESS    where the queues are; or TROUPE_TRANSPORT
  --cache FOLDER         for transpiled components
  --store STORE          where results are kept, and what waits: a SQLite file, or
                         postgres://USER@HOST/DATABASE; or TROUPE_STORE. An actor needs
                         it for payloads that are too large to travel
  --objects BUCKET       where such payloads are kept instead, and copies of what ended:
                         s3://BUCKET/PREFIX?region=REGION; or TROUPE_OBJECTS
  --state STORE          where actors keep what they are granted to keep: a SQLite file, or
                         redis://HOST:PORT; or TROUPE_STATE (state.db beside an embedded
                         transport's file)
  --retention TIME       how long x-sink keeps what ended (7d)
  --keep-ids TIME        how long it knows the ids of that, so that a late repeat is one (14d)
  --require-hardening    does not start an actor when a layer around its sandbox is missing that
                         the kernel should give; see docs/hardening.md
  --metrics-port PORT    serves /healthz, /readyz and /metrics; 0 takes any port that is free
  --no-restore           makes an instance anew for each envelope, also where a used one can be
                         put back to where it began
  --log json|text        how log lines look (json)
  --help                 prints this

A first SIGTERM or SIGINT takes no more envelopes, finishes those in hand and ends; a second one gives them back and ends
at once. Exit codes: 0 it has ended, 1 it cannot run, 2 the command line is wrong.
`;

/** The command line asks for something that cannot be; nothing was done. */
class UsageError extends TroupeError {
  constructor(problem: string, options?: ErrorOptions) {
    super("troupe.Usage", "user", problem, options);
  }
}

/** What the command line says. */
interface Settings {
  /** A member of the crew, or the file of an actor's spec. */
  readonly what: string;
  readonly isCrew: boolean;
  readonly transport: string;
  /** Address of the store; an actor's host needs it only for payloads that are too large to travel. */
  readonly store: string;
  /** Address of a bucket; empty for none. */
  readonly objects: string;
  /** Address of what actors keep; empty for none. */
  readonly state: string;
  /** Folder for transpiled components; empty for the crew. */
  readonly cache: string;
  readonly retention: Retention;
  /** Whether a missing layer around the sandbox is a reason not to start. */
  readonly insists: boolean;
  readonly port: number | undefined;
  /** See `StageOptions.restore`. */
  readonly restore: boolean;
  readonly format: "json" | "text";
}

const duration = (option: string) =>
  z.string().transform((text, context) => {
    const ms = durationOf(text);
    if (ms !== undefined && ms > 0) return ms;
    context.addIssue({ code: "custom", message: `--${option} is a length of time such as 12h or 7d` });
    return z.NEVER;
  });

const Options = z.object({
  transport: z.string().min(1, "--transport is missing: say where the queues are, or set TROUPE_TRANSPORT"),
  cache: z.string(),
  store: z.string(),
  objects: z.string(),
  state: z.string(),
  retention: duration("retention").default(DEFAULT_RETENTION.keepMs),
  "keep-ids": duration("keep-ids").default(DEFAULT_RETENTION.keepIdsMs),
  "metrics-port": z.string().regex(/^\d{1,5}$/, "--metrics-port is a number from 0 to 65535").transform(
    Number,
  )
    .pipe(z.number().max(65_535, "--metrics-port is a number from 0 to 65535")).optional(),
  "no-restore": z.boolean(),
  "require-hardening": z.boolean(),
  log: z.enum(["json", "text"], "--log is json or text"),
  help: z.boolean(),
});

/** Reads the command line; undefined when it asks for help. @throws {UsageError} */
function readSettings(args: readonly string[]): Settings | undefined {
  const { values, positionals } = parseCommandLine(args);
  if (values.help) return undefined;
  const read = Options.safeParse(values);
  if (!read.success) throw new UsageError(read.error.issues.map(({ message }) => message).join("; "));
  const {
    transport,
    cache,
    store,
    objects,
    log: format,
    "metrics-port": port,
    "require-hardening": insists,
  } = read.data;
  const retention = { keepMs: read.data.retention, keepIdsMs: read.data["keep-ids"] };
  if (retention.keepIdsMs < retention.keepMs) {
    throw new UsageError("--keep-ids is less than --retention: an id is known as long as what came under it");
  }
  const [what, ...others] = positionals;
  if (!what) {
    throw new UsageError(`What is to be run is missing: an actor's yaml file, or one of ${CREW.join(", ")}`);
  }
  if (others.length > 0) {
    throw new UsageError(`One process runs one replica: ${others.join(" ")} is too much`);
  }
  const isCrew = isCrewName(what);
  if (isCrew && !store) throw new UsageError(`--store is missing: ${what} needs a place to record in`);
  if (!isCrew && !cache) throw new UsageError("--cache is missing: a folder for transpiled components");
  const restore = !read.data["no-restore"];
  const state = read.data.state || stateBeside(transport);
  return { what, isCrew, transport, store, objects, state, cache, retention, port, restore, insists, format };
}

/** Where actors keep things when nothing is said: beside the queues, where these are a file; else nowhere. */
function stateBeside(transport: string): string {
  const [, file] = /^embedded:(.+)$/s.exec(transport) ?? [];
  return file === undefined ? "" : join(dirname(file), "state.db");
}

function parseCommandLine(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        transport: { type: "string", default: Deno.env.get("TROUPE_TRANSPORT") ?? "" },
        cache: { type: "string", default: "" },
        store: { type: "string", default: Deno.env.get("TROUPE_STORE") ?? "" },
        objects: { type: "string", default: Deno.env.get("TROUPE_OBJECTS") ?? "" },
        state: { type: "string", default: Deno.env.get("TROUPE_STATE") ?? "" },
        retention: { type: "string" },
        "keep-ids": { type: "string" },
        "require-hardening": { type: "boolean", default: false },
        "metrics-port": { type: "string" },
        "no-restore": { type: "boolean", default: false },
        log: { type: "string", default: "json" },
        help: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** What a replica is, whichever it is: it works until it is drained, and can be stopped at once. */
interface Running {
  readonly done: Promise<void>;
  readonly problem: () => string;
  drain(): Promise<void>;
  stop(): Promise<void>;
}

async function run(settings: Settings): Promise<void> {
  const { what, store, objects, state, cache, port, retention, restore } = settings;
  // Before anything is taken: an actor that may not run here is none of the queue's business.
  if (settings.insists && !settings.isCrew) await requireHardening(cache);
  const logger = createLogger({ format: settings.format });
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
    const metrics = port === undefined ? undefined : await createMetrics();
    let problem = () => "it is starting";
    health = metrics && serveHealth({
      problems: () => problemsOf({ part: what, reason: problem() }, transport),
      metrics,
      refresh: async () => metrics.queues(await transport.depths()),
      onRefreshFailure: (error) => logger.warn("the depths of queues cannot be had", { error }),
    }, { port: port ?? 0 });
    const shared = { transport, logger, metrics: metrics ?? NO_METRICS, tracing };
    const running = isCrewName(what)
      ? await runCrew(what, { ...shared, store, objects, retention })
      : await runActor(what, { ...shared, store, objects, stateAddress: state, cacheDir: cache, restore });
    problem = running.problem;
    const ignoreSignals = endOnSignal(running, logger);
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
  { store: address, objects, retention, ...shared }: Shared & {
    readonly store: string;
    readonly objects: string;
    readonly retention: Retention;
  },
): Promise<Running> {
  const { transport, logger } = shared;
  await transport.declare(CREW);
  const onFailure = (error: unknown) => logger.warn("nothing can be recorded; it is tried again", { error });
  const store = await openStore(address, { onFailure, objects });
  const feed = followControls(transport);
  const options = {
    ...shared,
    transport: withClaims(transport, { claims: () => Promise.resolve(store.claims), logger }),
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
