/**
 * One replica of an actor, from its component to a host that is ready to take envelopes.
 *
 * @module
 */

import { SINK, SUMP } from "./actor_name.ts";
import type { ComponentSource } from "./component/component.ts";
import { prepareComponent } from "./component/prepare.ts";
import { configOf, hider } from "./granted/config.ts";
import { readGrantedFiles } from "./granted/files.ts";
import { confidingStage } from "./granted/confiding_stage.ts";
import type { Controls } from "./controls.ts";
import { Host } from "./host.ts";
import type { Grants } from "./grants.ts";
import type { Isolation, Limits } from "./limits.ts";
import { HopsInHand } from "./observe/hop_fields.ts";
import type { Logger } from "./observe/logs.ts";
import type { HostMetrics } from "./observe/metrics.ts";
import type { Tracing } from "./observe/tracing.ts";
import type { Rate } from "./rate.ts";
import type { Late } from "./late.ts";
import type { StateStore } from "./state/store.ts";
import { type ServiceOptions, servicesOf } from "./granted/services.ts";
import type { Resiliency } from "./resiliency.ts";
import type { Layer } from "./sandbox/hardening/layers.ts";
import { summarize } from "./sandbox/hardening/report.ts";
import { STAGE_TOPIC, writeStageRecord } from "./stage_record.ts";
import type { Stage, StageEvent } from "./stage/stage.ts";
import { bundleStage, startStage } from "./stage/supervisor.ts";
import type { Transport } from "./transport/transport.ts";

/** What an actor is, as far as its host needs to know. */
export interface ActorConfig {
  /** A DNS label; the name of its queue too. */
  readonly name: string;
  readonly component: ComponentSource;
  readonly isolation: Isolation;
  readonly limits: Limits;
  readonly grants: Grants;
  /** What is done about failures. @default no rules */
  readonly resiliency?: Resiliency;
  /** How often it may run, all of its replicas together. @default as often as there is something to do */
  readonly rate?: Rate | undefined;
}

/** What a replica works with. */
export interface ReplicaOptions {
  readonly transport: Transport;
  readonly logger: Logger;
  readonly metrics: HostMetrics;
  /** See `HostOptions.tracing`. @default nothing is traced */
  readonly tracing?: Tracing;
  /** What operators ask. @default nothing */
  readonly controls?: Controls;
  /** Folder for transpiled components and for the code of the sandbox. */
  readonly cacheDir: string;
  /** See `StageOptions.restore`. @default true */
  readonly restore?: boolean;
  /** See `ServiceOptions.state`. @default nowhere */
  readonly state?: Late<StateStore>;
  /** See `ServiceOptions.resolve`. @default as the system does it */
  readonly resolve?: NonNullable<ServiceOptions["resolve"]>;
  /** See `HostOptions.recordPayloadBytes`. @default 0 */
  readonly recordPayloadBytes?: number;
  /** See `HostOptions.noQueueMs`. @default 30000 */
  readonly noQueueMs?: number;
  /** See `HostOptions.maxEnvelopeBytes`. @default 1 MiB */
  readonly maxEnvelopeBytes?: number;
}

/**
 * Prepares the component, declares its queue and those of the crew, starts the stage. Call `run()` of what it returns.
 *
 * @throws {ComponentRefusedError} when the component may not run as the spec stands, and others of the pipeline.
 */
export async function startReplica(actor: ActorConfig, options: ReplicaOptions): Promise<Host> {
  const logger = options.logger.child({ actor: actor.name });
  const [opened, declared] = await Promise.allSettled([
    openStage(actor, { ...options, logger }),
    // What the actor does ends there, whether or not the crew has come up yet.
    options.transport.declare([actor.name, SINK, SUMP]),
  ]);
  if (opened.status === "rejected") throw opened.reason;
  const stage = opened.value;
  if (declared.status === "rejected") {
    await stage.close({ now: true });
    throw declared.reason;
  }
  return new Host({
    actor: actor.name,
    transport: options.transport,
    stage,
    logger,
    metrics: options.metrics,
    ...(options.tracing === undefined ? {} : { tracing: options.tracing }),
    concurrency: actor.limits.concurrency,
    rate: actor.rate,
    ...(options.controls === undefined ? {} : { controls: options.controls }),
    ...(actor.resiliency === undefined ? {} : { resiliency: actor.resiliency }),
    ...(options.recordPayloadBytes === undefined ? {} : { recordPayloadBytes: options.recordPayloadBytes }),
    ...(options.maxEnvelopeBytes === undefined ? {} : { maxEnvelopeBytes: options.maxEnvelopeBytes }),
    ...(options.noQueueMs === undefined ? {} : { noQueueMs: options.noQueueMs }),
  });
}

/** Where what a stage tells goes to, for whoever follows it. */
interface Telling {
  readonly transport: Pick<Transport, "broadcast">;
}

/** Makes a stage for an actor, as its component is now; for a new host, or to be swapped into a running one. */
export async function openStage(
  actor: ActorConfig,
  options:
    & Pick<ReplicaOptions, "cacheDir" | "restore" | "logger" | "metrics" | "state" | "resolve">
    & Telling,
): Promise<Stage> {
  const { cacheDir, logger, metrics, transport } = options;
  const [services, config, files, component] = await Promise.all([
    servicesOf(actor, options),
    configOf(actor.grants),
    readGrantedFiles(actor.grants.files ?? []),
    prepareComponent(actor.component, {
      cacheDir,
      grants: actor.grants,
      limits: actor.limits,
      onWarning: (message: string) => logger.warn(message),
    }),
    bundleStage(cacheDir),
  ]);
  const inHand = new HopsInHand();
  const hide = hider(config);
  const stage = await startStage({
    actor: actor.name,
    component,
    limits: actor.limits,
    isolation: actor.isolation,
    ...(options.restore === undefined ? {} : { restore: options.restore }),
    grants: actor.grants,
    config,
    files,
    services,
    cacheDir,
    onLog: ({ envelopeId, level, message }) =>
      logger[level](hide(message), { ...inHand.fieldsOf(envelopeId), guest: true }),
    onFly: (id, event) =>
      transport.broadcast(
        FLY_TOPIC,
        new TextEncoder().encode(`{"id":${JSON.stringify(id)},"event":${event}}`),
      ),
    onEvent: (event) => {
      metrics.stageEvent(actor.name, event);
      if (event.kind === "child-started" && event.layers) tellLayers(event.layers, logger);
      tellStage(event, { actor: actor.name, transport });
      if (event.kind === "violation") {
        const fields = { ...event, ...inHand.fieldsOf(event.envelopeId) };
        logger.error("the stage let pass what the host refuses", fields);
      } else logger[event.kind === "child-died" ? "warn" : "debug"](`stage: ${event.kind}`, fieldsOf(event));
    },
  });
  return { ...inHand.of(confidingStage(stage, hide)), component: component.digest };
}

let layersTold = "";

/** Says which layers there are around sandboxes: once in this process, and again when that changes. */
function tellLayers(layers: readonly Layer[], logger: Logger): void {
  const { on, off } = summarize(layers);
  if (`${on} ${off}` === layersTold) return;
  layersTold = `${on} ${off}`;
  logger.info("layers around the sandboxes", { on, off });
}

/** What a log line has of an event: the layers have a line of their own. */
function fieldsOf(event: StageEvent): Record<string, unknown> {
  return Object.fromEntries(Object.entries(event).filter(([name]) => name !== "layers"));
}

/** Tells whoever listens what happened to a sandbox: for `top`. */
function tellStage(
  event: StageEvent,
  { actor, transport }: Telling & { readonly actor: string },
): void {
  if (event.kind !== "child-started" && event.kind !== "child-killed" && event.kind !== "child-died") return;
  const reason = "reason" in event ? { reason: event.reason } : {};
  const host = `${Deno.hostname()}:${Deno.pid}`;
  transport.broadcast(
    STAGE_TOPIC,
    writeStageRecord({ actor, event: event.kind, ...reason, at: Date.now(), host }),
  );
}

/** The topic on which `fly` events are broadcast: a JSON text `{id, event}` each. */
export const FLY_TOPIC = "fly";
