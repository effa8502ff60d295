/**
 * A mesh at one moment, for people and for programs. Pure.
 *
 * @module
 */

import { isReservedName } from "@troupe/host/actor_name";
import { jsonArray, jsonLine } from "../../view/json_line.ts";
import { formatClock, formatCount, formatDuration } from "../../view/quantity.ts";
import type { Styles } from "../../view/styles.ts";
import { formatTable } from "../../view/table.ts";
import { fit, printable } from "../../view/text.ts";
import type { ActorPicture } from "./watch.ts";

/** What is shown. */
export interface MeshPicture {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Name of the transport. */
  readonly transport: string;
  /** Why the queues cannot be looked at; empty when they can. */
  readonly problem: string;
  readonly actors: readonly ActorPicture[];
}

/** How it is shown to a person. */
export interface PictureOptions {
  readonly styles: Styles;
  /** Columns that there are. @default as many as are needed */
  readonly width?: number;
  /** Rows that there are. @default as many as are needed */
  readonly height?: number;
  /** What stands below. @default nothing */
  readonly hint?: string;
}

const COLUMNS = [
  { title: "ACTOR" },
  { title: "WAITING", align: "right" },
  { title: "LATER", align: "right" },
  { title: "IN FLIGHT", align: "right" },
  { title: "HOPS/S", align: "right" },
  { title: "FAILED/S", align: "right" },
  { title: "RETRIED/S", align: "right" },
  { title: "P50", align: "right" },
  { title: "P99", align: "right" },
  { title: "RESTARTS", align: "right" },
  { title: "LAST ERROR" },
] as const;

/** The table. A member of the crew stands in it when it has something to do; where there is no room, the busiest do. */
export function pictureLines(picture: MeshPicture, options: PictureOptions): string[] {
  const { styles, width = Infinity, height = Infinity, hint } = options;
  const foot = [
    ...(picture.problem === "" ? [] : ["", styles.bad(printable(picture.problem))]),
    ...(hint === undefined ? [] : ["", styles.dim(hint)]),
  ];
  const all = picture.actors.filter((actor) => !isReservedName(actor.name) || weight(actor) > 0);
  const room = Math.max(1, height - 1 - foot.length);
  const shown = all.length <= room ? all : busiest(all, room - 1);
  const [titles = "", ...rows] = formatTable(COLUMNS, shown.map((actor) => cells(actor, picture, styles)));
  const hidden = all.length - shown.length;
  const lines = [
    styles.dim(titles),
    ...rows,
    ...(hidden > 0 ? [styles.dim(`and ${formatCount(hidden)} more`)] : []),
    ...(all.length === 0 ? [styles.dim("no actor yet")] : []),
    ...foot,
  ];
  return lines.slice(0, height).map((line) => width === Infinity ? line : fit(line, width));
}

function cells(actor: ActorPicture, picture: MeshPicture, styles: Styles): string[] {
  const { name, depth, hops, failed, retried, p50Ms, p99Ms, restarts, lastError } = actor;
  return [
    (isReservedName(name) ? styles.dim : styles.name)(printable(name)),
    formatCount(depth.ready),
    seesAll(picture) ? formatCount(depth.delayed) : "",
    inFlightText(actor, picture),
    rate(hops),
    failed > 0 ? styles.bad(rate(failed)) : "",
    retried > 0 ? styles.warn(rate(retried)) : "",
    p50Ms === undefined ? "" : formatDuration(p50Ms),
    p99Ms === undefined ? "" : formatDuration(p99Ms),
    restarts > 0 ? styles.bad(formatCount(restarts)) : "",
    lastError
      ? printable(`${formatClock(lastError.at).slice(0, 8)} ${lastError.type}: ${lastError.message}`)
      : "",
  ];
}

/** Whether depths tell of each queue by itself, and of what others have in hand. A broker does not. */
function seesAll({ transport }: Pick<MeshPicture, "transport">): boolean {
  return transport === "embedded";
}

/** How many are in hand: by count, or by how long those took that were done. */
function inFlightText({ depth, busy }: ActorPicture, picture: MeshPicture): string {
  if (seesAll(picture)) return formatCount(depth.leased);
  return busy < 0.05 ? "" : `~${busy >= 10 ? formatCount(Math.round(busy)) : busy.toFixed(1)}`;
}

function rate(perSecond: number): string {
  if (perSecond === 0) return "";
  if (perSecond < 0.05) return "<0.1";
  return perSecond >= 10 ? formatCount(Math.round(perSecond)) : perSecond.toFixed(1);
}

function weight({ depth, hops, busy, failed, retried }: ActorPicture): number {
  return failed * 1e4 + retried * 1e3 + hops * 100 + busy * 10 + depth.ready + depth.leased;
}

/** Those that matter most, in the order in which they stood. */
function busiest(actors: readonly ActorPicture[], count: number): ActorPicture[] {
  const chosen = new Set(actors.toSorted((a, b) => weight(b) - weight(a)).slice(0, Math.max(0, count)));
  return actors.filter((actor) => chosen.has(actor));
}

/** The whole mesh in one line. */
export function summaryLine({ at, transport, problem, actors }: MeshPicture): string {
  const own = actors.filter(({ name }) => !isReservedName(name));
  const sum = (of: (actor: ActorPicture) => number) => own.reduce((total, actor) => total + of(actor), 0);
  const slowest = own.reduce<ActorPicture | undefined>(
    (slow, actor) => (actor.p99Ms ?? -1) > (slow?.p99Ms ?? -1) ? actor : slow,
    undefined,
  );
  const inFlight = seesAll({ transport })
    ? `in flight ${formatCount(sum(({ depth }) => depth.leased))}`
    : `in flight ~${sum(({ busy }) => busy).toFixed(1)}`;
  return [
    `${formatClock(at).slice(0, 8)}  waiting ${formatCount(sum(({ depth }) => depth.ready))}`,
    inFlight,
    `hops ${rate(sum(({ hops }) => hops)) || "0"}/s`,
    `failed ${rate(sum(({ failed }) => failed)) || "0"}/s`,
    `retried ${rate(sum(({ retried }) => retried)) || "0"}/s`,
    `restarts ${formatCount(sum(({ restarts }) => restarts))}`,
    ...(slowest?.p99Ms === undefined
      ? []
      : [`slowest ${slowest.name}, p99 ${formatDuration(slowest.p99Ms)}`]),
    ...(problem === "" ? [] : [printable(problem)]),
  ].join(", ");
}

/** The same as one JSON object on one line, with every queue in it. */
export function pictureJson(picture: MeshPicture): string {
  const round = (n: number) => Math.round(n * 1000) / 1000;
  return jsonLine({
    at: new Date(picture.at).toISOString(),
    problem: picture.problem || undefined,
    actors: jsonArray(picture.actors.map((actor) => {
      const { name, depth, hops, failed, retried, p50Ms, p99Ms, busy, hosts, done, restarts, lastError } =
        actor;
      return jsonLine({
        actor: name,
        ready: depth.ready,
        delayed: depth.delayed,
        in_flight: seesAll(picture) ? depth.leased : round(busy),
        in_flight_is_estimated: seesAll(picture) ? undefined : true,
        hops_per_second: round(hops),
        failed_per_second: round(failed),
        retried_per_second: round(retried),
        p50_ms: p50Ms,
        p99_ms: p99Ms,
        done,
        hosts,
        restarts,
        last_error: lastError && {
          json: JSON.stringify({ ...lastError, at: new Date(lastError.at).toISOString() }),
        },
      });
    })),
  });
}
