/**
 * What waits, for people and for programs.
 *
 * @module
 */

import type { OpenJoin } from "@troupe/host/crew/joining";
import type { Parked } from "@troupe/host/crew/parked";
import { jsonLine } from "../../view/json_line.ts";
import { formatMoment } from "../../view/quantity.ts";
import type { Styles } from "../../view/styles.ts";
import { fit, pad, printable } from "../../view/text.ts";

/** Width of a line of the list. */
const LIST_WIDTH = 200;
/** Missing slices that a line names. */
const MOST_LISTED = 10;

/** One as a JSON object on one line. */
export function parkedJson({ key, id, root, actor, question, at, dueAt }: Parked): string {
  return jsonLine({
    key,
    id,
    root,
    actor: actor === "" ? null : actor,
    since: new Date(at).toISOString(),
    until: dueAt === undefined ? null : new Date(dueAt).toISOString(),
    question: { json: question },
  });
}

/** One as a line of a list. */
export function parkedLine({ id, actor, question, at, dueAt }: Parked, styles: Styles): string {
  return fit(
    [
      styles.dim(formatMoment(at)),
      pad(printable(id), 36),
      actor === "" ? "first in its route:" : `after ${styles.name(printable(actor))}:`,
      question === "null" ? styles.dim("(no question)") : printable(question.slice(0, LIST_WIDTH)),
      dueAt === undefined ? "" : styles.warn(`until ${formatMoment(dueAt)}`),
    ].filter(Boolean).join("  "),
    LIST_WIDTH,
  );
}

/** A join that waits for slices as a JSON object on one line. */
export function openJoinJson({ beganAt, lastAt, dueAt, quorum, origin, missing, ...join }: OpenJoin): string {
  return jsonLine({
    ...join,
    id: origin,
    since: new Date(beganAt).toISOString(),
    last: new Date(lastAt).toISOString(),
    until: dueAt === undefined ? null : new Date(dueAt).toISOString(),
    quorum: quorum ?? null,
    missing: { json: JSON.stringify(missing) },
  });
}

/** One as a line of a list. */
export function openJoinLine(join: OpenJoin, styles: Styles): string {
  const { origin, lastAt, dueAt, quorum, n, arrived, ended, missing } = join;
  const rest = missing.length - MOST_LISTED;
  const named = missing.slice(0, MOST_LISTED).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
  return fit(
    [
      styles.dim(formatMoment(lastAt)),
      pad(printable(origin), 36),
      `${arrived} of ${n} slices came${ended > 0 ? `, ${ended} ended elsewhere` : ""}; without ${named}`,
      quorum === undefined ? "" : `${quorum} are enough`,
      dueAt === undefined ? "" : styles.warn(`until ${formatMoment(dueAt)}`),
    ].filter(Boolean).join("  "),
    LIST_WIDTH,
  );
}
