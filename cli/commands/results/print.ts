/**
 * Results and dead envelopes, for people and for programs.
 *
 * @module
 */

import { encodeBase64 } from "@std/encoding/base64";
import type { DeadRecord, StoredResult } from "@troupe/host/crew/store";
import { jsonLine } from "../../view/json_line.ts";
import { countOf, formatBytes, formatMoment } from "../../view/quantity.ts";
import type { Styles } from "../../view/styles.ts";
import { fit, pad, printable } from "../../view/text.ts";

/** Width of a list where nobody's terminal says otherwise. */
const LIST_WIDTH = 160;

/** A result as one JSON object on one line; the payload, route, headers and error to the letter. */
export function resultJson(result: StoredResult): string {
  return jsonLine({
    id: result.id,
    parent_id: result.parentId ?? null,
    phase: result.phase,
    reason: result.reason,
    route: { json: result.route },
    headers: { json: result.headers },
    payload: { json: result.payload },
    error: result.error === "" ? null : { json: result.error },
  });
}

/** A dead envelope as one JSON object on one line. Its body is a text, or base64 where it is not UTF-8. */
export function deadJson(dead: DeadRecord): string {
  const text = utf8(dead.body);
  return jsonLine({
    id: dead.id === "" ? null : dead.id,
    reason: dead.reason,
    message: dead.message,
    actor: dead.actor,
    queue: dead.queue,
    time: new Date(dead.diedAt).toISOString(),
    error: dead.error === "" ? null : { json: dead.error },
    ...(text === undefined ? { body_base64: encodeBase64(dead.body) } : { body: text }),
  });
}

/** A result as one line of a list. */
export function resultLine(result: StoredResult, styles: Styles): string {
  const phase = pad(result.reason ? `${result.phase} (${printable(result.reason)})` : result.phase, 9);
  const paint = result.phase === "succeeded" ? styles.good : styles.bad;
  const what = result.phase === "succeeded" ? result.payload : errorText(result.error);
  return fit(
    [
      styles.dim(formatMoment(result.arrivedAt)),
      pad(printable(result.id), 36),
      paint(phase),
      styles.name(result.actor),
      printable(what.slice(0, LIST_WIDTH)),
    ].join("  "),
    LIST_WIDTH,
  );
}

/** A dead envelope as one line of a list. */
export function deadLine(dead: DeadRecord, styles: Styles): string {
  return [
    styles.dim(formatMoment(dead.diedAt)),
    pad(dead.id === "" ? "(no id)" : printable(dead.id), 36),
    styles.bad(printable(dead.reason)),
    `in ${styles.name(dead.queue)}:`,
    printable(dead.message),
  ].join("  ");
}

/** Everything about a result, for a person. */
export function resultDetails(result: StoredResult, styles: Styles): string[] {
  const repeats = [
    result.repeats > 0 ? `the same came again ${countOf(result.repeats, "time")}` : "",
    result.conflicts > 0 ? `another result came ${countOf(result.conflicts, "time")} and was not kept` : "",
  ].filter(Boolean).join("; ");
  return details([
    ["id", printable(result.id)],
    ["parent", result.parentId === undefined ? "" : printable(result.parentId)],
    ["root", result.root === result.id ? "" : printable(result.root)],
    ["phase", result.phase],
    ["reason", printable(result.reason)],
    ["actor", result.actor],
    ["arrived", formatMoment(result.arrivedAt)],
    ["repeats", repeats],
    ["route", printable(result.route)],
    ["headers", result.headers === "{}" ? "" : printable(result.headers)],
    ["error", result.error === "" ? "" : printable(errorText(result.error))],
    ["payload", printable(result.payload)],
  ], styles);
}

/** Everything about a dead envelope, for a person. */
export function deadDetails(dead: DeadRecord, styles: Styles): string[] {
  const text = utf8(dead.body);
  return details([
    ["id", dead.id === "" ? "(none)" : printable(dead.id)],
    ["root", dead.root === dead.id ? "" : printable(dead.root)],
    ["died", formatMoment(dead.diedAt)],
    ["queue", dead.queue],
    ["actor", dead.actor],
    ["reason", `${printable(dead.reason)}: ${printable(dead.message)}`],
    ["error", dead.error === "" ? "" : printable(errorText(dead.error))],
    [
      "body",
      text === undefined ? `${formatBytes(dead.body.length)}, not UTF-8 (--json shows it)` : printable(text),
    ],
  ], styles);
}

function details(fields: [name: string, value: string][], styles: Styles): string[] {
  return fields.filter(([, value]) => value !== "").map(([name, value]) =>
    `${styles.dim(pad(name, 8))} ${value}`
  );
}

/** The text of bytes, if they are UTF-8, to the last byte. */
function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** `type: message` of an error as the host wrote it; the text itself where it is something else. */
function errorText(error: string): string {
  if (error === "") return "";
  const { type, message } = JSON.parse(error) ?? {};
  return typeof type === "string" && typeof message === "string" ? `${type}: ${message}` : error;
}
