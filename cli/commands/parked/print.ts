/**
 * What waits for an answer, for people and for programs.
 *
 * @module
 */

import type { Parked } from "@troupe/host/crew/parked";
import { jsonLine } from "../../view/json_line.ts";
import { formatMoment } from "../../view/quantity.ts";
import type { Styles } from "../../view/styles.ts";
import { fit, pad, printable } from "../../view/text.ts";

/** Width of a line of the list. */
const LIST_WIDTH = 200;

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
