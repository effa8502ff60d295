/**
 * What the live view of a mesh shows at one moment. Pure: from figures to lines.
 *
 * @module
 */

import { formatCount, formatDuration } from "./quantity.ts";
import type { Styles } from "./styles.ts";
import { formatTable } from "./table.ts";
import { fit, printable, wrap } from "./text.ts";

/** One actor, or one member of the crew. */
export interface ActorFigures {
  readonly name: string;
  readonly state: "building" | "starting" | "running" | "paused" | "refused" | "drained";
  /** Why it does not run, or not its newest version; empty when all is well. */
  readonly problem: string;
  /** Envelopes in its queue that nobody has in hand. */
  readonly waiting: number;
  readonly inFlight: number;
  /** Hops since the mesh was started. */
  readonly done: number;
  readonly failed: number;
  /** Hops a second, lately. */
  readonly rate: number;
}

/** A mesh at one moment. */
export interface MeshFigures {
  /** What is run, such as the folder. */
  readonly title: string;
  readonly uptimeMs: number;
  readonly actors: readonly ActorFigures[];
  /** What is going on, in a few words: how to end it, or that it is ending. */
  readonly hint: string;
  /** The newest lines of the log, oldest first. */
  readonly log: readonly string[];
}

const COLUMNS = [
  { title: "ACTOR" },
  { title: "STATE" },
  { title: "WAITING", align: "right" },
  { title: "IN FLIGHT", align: "right" },
  { title: "DONE", align: "right" },
  { title: "FAILED", align: "right" },
  { title: "RATE", align: "right" },
] as const;

/** Most lines that one actor's problem takes. */
const PROBLEM_LINES = 4;
/** Lines of the log that are kept free below the table, if there is room at all. */
const LOG_LINES = 6;

/**
 * The lines to be shown: never more than `height`, none wider than `width`. Where there are more actors than room, those
 * that have something to show come first.
 */
export function renderFrame(
  mesh: MeshFigures,
  options: { readonly width: number; readonly height: number; readonly styles: Styles },
): string[] {
  const { width, height, styles } = options;
  const head = [
    `${styles.bold("troupe")}  ${printable(mesh.title)}  ${styles.dim(`up ${uptime(mesh.uptimeMs)}`)}`,
    "",
  ];
  const foot = ["", styles.dim(mesh.hint)];
  const problems = mesh.actors.filter(({ problem }) => problem !== "").flatMap(({ name, state, problem }) => {
    const what = state === "refused" ? "does not run" : "has a problem";
    const [first = "", ...more] = wrap(`${name} ${what}: ${printable(problem)}`, {
      width,
      lines: PROBLEM_LINES,
    });
    return [first.replace(what, styles.bad(what)), ...more];
  });
  const logLines = Math.min(mesh.log.length, LOG_LINES);
  const below = [...problems, ...foot, ...(logLines > 0 ? [""] : [])];
  const room = Math.max(1, height - head.length - 1 - below.length - Math.min(logLines, 2));
  const shown = mesh.actors.length <= room ? mesh.actors : busiest(mesh.actors, room - 1);
  const [titles = "", ...rows] = formatTable(COLUMNS, shown.map((actor) => cells(actor, styles)));
  const table = [styles.dim(titles), ...rows];
  const hidden = mesh.actors.length - shown.length;
  if (hidden > 0) table.push(styles.dim(`and ${formatCount(hidden)} more`));
  const above = [...head, ...table, ...below];
  const left = Math.max(0, height - above.length);
  const log = mesh.log.slice(mesh.log.length - Math.min(logLines, left)).map((line) => printable(line));
  return [...above, ...log].slice(0, height).map((line) => fit(line, width));
}

function cells(actor: ActorFigures, styles: Styles): string[] {
  const { name, state, waiting, inFlight, done, failed, rate } = actor;
  const paint = state === "running" ? styles.good : state === "refused" ? styles.bad : styles.warn;
  return [
    styles.name(name),
    paint(state),
    formatCount(waiting),
    formatCount(inFlight),
    formatCount(done),
    failed > 0 ? styles.bad(formatCount(failed)) : "0",
    rate >= 0.05 ? `${rate >= 10 ? formatCount(Math.round(rate)) : rate.toFixed(1)}/s` : "",
  ];
}

/** Those that matter most, in the order in which they stood. */
function busiest(actors: readonly ActorFigures[], count: number): ActorFigures[] {
  const weight = ({ problem, inFlight, waiting, rate }: ActorFigures) =>
    (problem ? 1e9 : 0) + rate * 1e3 + inFlight * 10 + Math.min(waiting, 1e3);
  const chosen = new Set(actors.toSorted((a, b) => weight(b) - weight(a)).slice(0, Math.max(0, count)));
  return actors.filter((actor) => chosen.has(actor));
}

/** Whole seconds: a figure that changes ten times a second cannot be read. */
function uptime(ms: number): string {
  return ms < 60_000 ? `${Math.floor(ms / 1000)} s` : formatDuration(ms);
}
