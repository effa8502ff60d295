/**
 * A trace, for people and for programs.
 *
 * @module
 */

import { isReservedName } from "@troupe/host/actor_name";
import type { JoinGroup } from "@troupe/host/crew/joining";
import type { HopRecord } from "@troupe/host/hop_record";
import { jsonArray, jsonLine } from "../../view/json_line.ts";
import { countOf, formatClock, formatDuration } from "../../view/quantity.ts";
import type { Styles } from "../../view/styles.ts";
import { pad, printable } from "../../view/text.ts";
import { type End, type TraceNode, whereabouts } from "./tree.ts";

/** How to show a trace. */
export interface TracePrintOptions {
  /** Whether to show payloads. */
  readonly payload: boolean;
  readonly styles: Styles;
}

/** The tree as lines: each envelope with its hops below it, and its children further in. */
export function traceLines(node: TraceNode, options: TracePrintOptions): string[] {
  const { styles, payload } = options;
  const actorWidth = Math.max(...allHops(node).map(({ actor }) => actor.length), 0);

  const lines = (node: TraceNode): string[] => {
    const body = node.hops.flatMap((hop) => [
      hopLine(node.id, hop, { styles, actorWidth }),
      // The crew does not record what it only keeps.
      ...(payload && !isReservedName(hop.actor) ? [`  ${styles.dim(payloadText(hop.payload))}`] : []),
    ]);
    body.push(...node.joins.map(joinText));
    const hasChildren = node.children.length > 0;
    return [
      `${styles.bold(printable(node.id))}  ${endText(node, styles)}`,
      ...body.map((line) => `${hasChildren ? "│ " : "  "}${line}`),
      ...node.children.flatMap((child, i) => {
        const isLast = i === node.children.length - 1;
        const [first = "", ...rest] = lines(child);
        return [`${isLast ? "└─" : "├─"}${first}`, ...rest.map((line) => `${isLast ? "  " : "│ "}${line}`)];
      }),
    ];
  };
  return lines(node);
}

function hopLine(
  id: string,
  hop: HopRecord,
  { styles, actorWidth }: { styles: Styles; actorWidth: number },
): string {
  const attempt = hop.attempt > 1 ? `, attempt ${hop.attempt}` : "";
  const took = formatDuration(hop.finishedAt - hop.startedAt);
  const start = `${styles.dim(formatClock(hop.startedAt))} ${styles.name(pad(hop.actor, actorWidth))} ${
    pad(took, 8, "right")
  }`;
  const onward = hop.children.find((child) => child.id === id)?.to;
  const others = hop.children.filter((child) => child.id !== id).length;
  const to = (hop.verdict === "forwarded" || hop.verdict === "rerouted") && onward
    ? ` → ${onward}${others > 0 ? ` and ${countOf(others, "child").replace("childs", "children")}` : ""}`
    : "";
  const error = hop.error ? `: ${printable(hop.error.type)}: ${printable(hop.error.message)}` : "";
  const verdict = hop.error ? styles.bad(hop.verdict) : hop.verdict;
  return `${start}  ${verdict}${attempt}${to}${error}`;
}

function endText(node: TraceNode, styles: Styles): string {
  if (node.ends.length === 0) return styles.warn(whereabouts(node));
  return node.ends.map((end) => {
    if (end.kind === "dead") {
      return styles.bad(
        `died in ${end.dead.queue}: ${printable(end.dead.reason)}: ${printable(end.dead.message)}`,
      );
    }
    const { phase, reason, actor, repeats, conflicts } = end.result;
    const text = [
      phase,
      reason ? ` (${printable(reason)})` : "",
      actor ? ` at ${actor}` : "",
      repeats > 0 ? `, arrived ${countOf(repeats, "more time")}` : "",
      conflicts > 0 ? `, ${countOf(conflicts, "conflicting result")} not kept` : "",
    ].join("");
    return phase === "succeeded" ? styles.good(text) : styles.bad(text);
  }).join("; ");
}

function joinText({ joined, missing, late, doubles, cause, endedAt }: JoinGroup): string {
  if (endedAt === undefined) return "x-join collects what it was fanned out to";
  const n = joined + missing.length;
  return [
    `${formatClock(endedAt)} x-join: ${joined} of ${n} slices (${cause})`,
    missing.length > 0 ? `, without ${missing.join(", ")}` : "",
    late > 0 ? `, ${countOf(late, "late slice")}` : "",
    doubles > 0 ? `, ${countOf(doubles, "double")}` : "",
  ].join("");
}

function joinJson({ g, joined, missing, late, doubles, cause, beganAt, endedAt }: JoinGroup): string {
  return jsonLine({
    fan_out: g,
    began_at: new Date(beganAt).toISOString(),
    ended_at: endedAt === undefined ? undefined : new Date(endedAt).toISOString(),
    cause,
    joined,
    missing: { json: JSON.stringify(missing) },
    late,
    doubles,
  });
}

function payloadText(payload: string | undefined): string {
  return payload === undefined ? "payload not recorded: it was too large" : printable(payload);
}

/** The tree as one JSON object on one line; payloads only where they are asked for. */
export function traceJson(node: TraceNode, options: { readonly payload: boolean }): string {
  return jsonLine({
    id: node.id,
    hops: jsonArray(node.hops.map((hop) =>
      jsonLine({
        actor: hop.actor,
        hop: hop.hop,
        attempt: hop.attempt,
        started_at: new Date(hop.startedAt).toISOString(),
        duration_ms: hop.finishedAt - hop.startedAt,
        verdict: hop.verdict,
        error: hop.error && { json: JSON.stringify(hop.error) },
        sent: { json: JSON.stringify(hop.children) },
        host: hop.host,
        payload: options.payload && hop.payload !== undefined ? { json: hop.payload } : undefined,
      })
    )),
    joins: node.joins.length === 0 ? undefined : jsonArray(node.joins.map(joinJson)),
    ends: jsonArray(node.ends.map(endJson)),
    waiting_in: node.waitingIn === "" ? undefined : node.waitingIn,
    children: jsonArray(node.children.map((child) => traceJson(child, options))),
  });
}

function endJson(end: End): string {
  if (end.kind === "dead") {
    const { queue, actor, reason, message, diedAt } = end.dead;
    return jsonLine({ phase: "dead", queue, actor, reason, message, at: new Date(diedAt).toISOString() });
  }
  const { phase, reason, actor, error, arrivedAt, repeats, conflicts } = end.result;
  return jsonLine({
    phase,
    reason,
    actor,
    error: error === "" ? undefined : { json: error },
    at: new Date(arrivedAt).toISOString(),
    repeats,
    conflicts,
  });
}

function allHops(node: TraceNode): HopRecord[] {
  return [...node.hops, ...node.children.flatMap(allHops)];
}
