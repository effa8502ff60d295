/**
 * How it goes with what was deployed, as its status says. Pure.
 *
 * @module
 */

import type { KubeObject } from "@troupe/controller/kube";
import { z } from "zod";
import type { Styles } from "../../view/styles.ts";
import { formatDuration } from "../../view/quantity.ts";
import { formatTable } from "../../view/table.ts";
import { fit, printable, wrap } from "../../view/text.ts";

/** How it goes with one object. */
export interface Progress {
  /** Such as `split`, or `troupe-system/troupe-controller`. */
  readonly name: string;
  readonly state: "ready" | "coming" | "failed";
  /** One word. */
  readonly reason: string;
  /** A sentence; empty when there is nothing to say. */
  readonly message: string;
  /** Such as `1/1`. */
  readonly replicas: string;
}

const Condition = z.looseObject({
  type: z.string(),
  status: z.string(),
  reason: z.string().default(""),
  message: z.string().default(""),
  observedGeneration: z.number().optional(),
});

const ActorShape = z.looseObject({
  metadata: z.looseObject({ generation: z.number().default(0) }),
  status: z.looseObject({
    conditions: z.array(Condition).default([]),
    replicas: z.number().optional(),
    readyReplicas: z.number().optional(),
    queue: z.string().optional(),
  }).prefault({}),
});

/** Not looked at yet, since it was made or changed. */
const UNSEEN = {
  state: "coming",
  reason: "Unseen",
  message: "The controller has not looked at it yet.",
} as const;

/** How it goes with an actor; undefined when it is not there. */
export function progressOfActor(name: string, actor: KubeObject | undefined): Progress {
  if (actor === undefined) return missing(name);
  const { metadata, status } = ActorShape.parse(actor);
  const ready = status.conditions.find(({ type }) => type === "Ready");
  const replicas = status.replicas === undefined ? "" : `${status.readyReplicas ?? 0}/${status.replicas}`;
  if (ready === undefined || ready.observedGeneration !== metadata.generation) {
    return { name, ...UNSEEN, replicas };
  }
  if (ready.status !== "True") {
    const state = ready.status === "False" ? "failed" : "coming";
    return { name, state, reason: ready.reason, message: ready.message, replicas };
  }
  // Why it has no replicas, or is paused, is more than that all is well.
  const part = status.conditions.find(({ type }) =>
    type === (status.replicas === 0 ? "WorkloadReady" : "ScalingReady")
  );
  return { name, state: "ready", reason: part?.reason || ready.reason, message: "", replicas };
}

/** The name of an actor's queue on the broker, if it is known. */
export function queueOf(actor: KubeObject): string | undefined {
  return ActorShape.parse(actor).status.queue;
}

const WorkloadShape = z.looseObject({
  metadata: z.looseObject({ generation: z.number().default(0) }),
  spec: z.looseObject({ replicas: z.number().default(1) }),
  status: z.looseObject({
    observedGeneration: z.number().default(0),
    updatedReplicas: z.number().default(0),
    readyReplicas: z.number().default(0),
    replicas: z.number().default(0),
    conditions: z.array(Condition).default([]),
  }).prefault({}),
});

/** What a Deployment or a StatefulSet is called, such as `troupe-system/troupe-controller`. */
export function workloadName(
  { name, namespace }: { readonly name: string; readonly namespace?: string | undefined },
): string {
  return `${namespace}/${name}`;
}

/** How it goes with a Deployment or a StatefulSet of the controller, or of the crew; undefined when it is not there. */
export function progressOfWorkload(
  ref: { readonly name: string; readonly namespace?: string | undefined },
  workload: KubeObject | undefined,
): Progress {
  const whole = workloadName(ref);
  if (workload === undefined) return missing(whole);
  const { metadata, spec, status } = WorkloadShape.parse(workload);
  const common = { name: whole, replicas: `${status.readyReplicas}/${spec.replicas}` };
  const broken = status.conditions.find(({ type, status, reason }) =>
    (type === "ReplicaFailure" && status === "True") || reason === "ProgressDeadlineExceeded"
  );
  if (broken) return { ...common, state: "failed", reason: broken.reason, message: broken.message };
  const rolledOut = status.observedGeneration >= metadata.generation &&
    status.updatedReplicas >= spec.replicas && status.replicas <= status.updatedReplicas;
  if (rolledOut && status.readyReplicas >= spec.replicas) {
    return { ...common, state: "ready", reason: "Running", message: "" };
  }
  return rolledOut
    ? { ...common, state: "coming", reason: "Starting", message: "Not all of its pods are ready yet." }
    : { ...common, state: "coming", reason: "RollingOut", message: "Its pods are being made anew." };
}

function missing(name: string): Progress {
  return { name, state: "failed", reason: "Missing", message: "Somebody has deleted it.", replicas: "" };
}

/** Whether all is ready. */
export function allReady(all: readonly Progress[]): boolean {
  return all.every(({ state }) => state === "ready");
}

/** The line of one, where there is no table. */
export function progressLine({ name, state, reason, message, replicas }: Progress, styles: Styles): string {
  const word = state === "ready"
    ? styles.good("ready")
    : state === "failed"
    ? styles.bad("not ready")
    : "coming";
  const rest = [reason, replicas && `replicas ${replicas}`].filter((part) => part !== "").join(", ");
  return `  ${name}: ${word} (${rest})${message && `: ${printable(message)}`}`;
}

/** Whole seconds: what changes faster cannot be read. */
function elapsed(ms: number): string {
  return ms < 60_000 ? `${Math.floor(ms / 1000)} s` : formatDuration(ms);
}

const COLUMNS = [
  { title: "WHAT" },
  { title: "READY" },
  { title: "REASON" },
  { title: "REPLICAS", align: "right" },
] as const;
const MESSAGE_LINES = 2;

/** The table of all: never more lines than there is room, those that are not ready first where there is not enough. */
export function progressTable(
  all: readonly Progress[],
  { width, height, styles, elapsedMs }: {
    readonly width: number;
    readonly height: number;
    readonly styles: Styles;
    readonly elapsedMs: number;
  },
): string[] {
  const count = all.filter(({ state }) => state === "ready").length;
  const foot = styles.dim(
    `${count} of ${all.length} ready, ${elapsed(elapsedMs)}; Ctrl-C stops waiting, ` +
      "and leaves all as it is",
  );
  const messages = all.filter(({ message, state }) => state !== "ready" && message !== "")
    .flatMap(({ name, message }) => wrap(`${name}: ${printable(message)}`, { width, lines: MESSAGE_LINES }));
  const below = messages.slice(0, Math.max(0, Math.floor(height / 3)));
  const room = Math.max(1, height - 3 - below.length);
  const first = [...all].sort((a, b) => Number(a.state === "ready") - Number(b.state === "ready"));
  const chosen = new Set(all.length <= room ? all : first.slice(0, room - 1));
  const rows = all.filter((each) => chosen.has(each)).map(({ name, state, reason, replicas }) => [
    styles.name(printable(name)),
    state === "ready" ? styles.good("yes") : state === "failed" ? styles.bad("no") : styles.warn("not yet"),
    printable(reason),
    replicas,
  ]);
  const [titles = "", ...lines] = formatTable(COLUMNS, rows);
  const hidden = all.length - chosen.size;
  return [
    styles.dim(titles),
    ...lines,
    ...(hidden > 0 ? [styles.dim(`and ${hidden} more`)] : []),
    ...below,
    foot,
  ].slice(0, height).map((line) => fit(line, width));
}
