/**
 * Dead letters, for people and for programs.
 *
 * @module
 */

import { encodeBase64 } from "@std/encoding/base64";
import type { Letter, Replay } from "@troupe/host/crew/store";
import { type Envelope, envelopeIn } from "@troupe/host/envelope";
import { jsonArray, jsonLine } from "../../view/json_line.ts";
import { formatBytes, formatMoment } from "../../view/quantity.ts";
import type { Styles } from "../../view/styles.ts";
import { fit, pad, printable } from "../../view/text.ts";

/** Width of a line of a list. */
const LIST_WIDTH = 200;

/** What is read apart from the letter itself. */
export interface LetterParts {
  /** Undefined when it is not there any more. */
  readonly body: Uint8Array | undefined;
  readonly replays: readonly Replay[];
}

/** A letter as one JSON object on one line. With its parts also what died, to the letter, and its replays. */
export function letterJson(letter: Letter, parts?: LetterParts): string {
  return jsonLine({
    key: letter.key,
    id: letter.id === "" ? null : letter.id,
    root: letter.root === "" ? null : letter.root,
    kind: letter.kind,
    state: letter.state,
    state_since: new Date(letter.stateAt).toISOString(),
    drop_reason: letter.state === "dropped" ? letter.dropReason : undefined,
    purged: letter.purged ? true : undefined,
    time: new Date(letter.at).toISOString(),
    actor: letter.actor,
    queue: letter.queue,
    type: letter.type,
    message: letter.message,
    component: letter.component === "" ? null : letter.component,
    replay: letter.replay,
    error: letter.error === "" ? null : { json: letter.error },
    ...(parts ? partsJson(letter, parts) : {}),
  });
}

function partsJson(letter: Letter, { body, replays }: LetterParts) {
  const envelope = body && envelopeIn(body);
  const text = body && utf8(body);
  return {
    attempts: attemptsOf(letter, envelope) ?? null,
    parent_id: envelope?.parentId ?? null,
    route: envelope ? { json: JSON.stringify(envelope.route) } : null,
    headers: envelope?.headers ? { json: JSON.stringify(envelope.headers) } : null,
    payload: envelope ? { json: envelope.payload } : null,
    ...(body && text === undefined ? { body_base64: encodeBase64(body) } : { body: text ?? null }),
    replays: jsonArray(replays.map((replay) => jsonLine(replayMembers(replay)))),
  };
}

/** The members that stand for a replay. */
export function replayMembers({ key, id, n, as, how, at, sentAt }: Replay) {
  return {
    key,
    id,
    replay: n,
    as,
    changes: { json: how },
    allotted_at: new Date(at).toISOString(),
    sent_at: sentAt === undefined ? null : new Date(sentAt).toISOString(),
  };
}

/** A letter as one line of a list. */
export function letterLine(letter: Letter, styles: Styles): string {
  return fit(
    [
      styles.dim(formatMoment(letter.at)),
      pad(printable(letter.id === "" ? letter.key : letter.id), 36),
      pad(letter.state, 8),
      styles.bad(printable(letter.type || "failed")),
      `in ${styles.name(printable(letter.queue || letter.actor))}:`,
      printable(letter.message.slice(0, LIST_WIDTH)),
    ].join("  "),
    LIST_WIDTH,
  );
}

/** Everything about a letter, for a person. */
export function letterDetails(letter: Letter, { body, replays }: LetterParts, styles: Styles): string[] {
  const envelope = body && envelopeIn(body);
  const { traceback, details } = moreOf(letter.error);
  const fields: [name: string, value: string][] = [
    ["key", printable(letter.key)],
    ["id", letter.id === "" ? "(none: no envelope)" : printable(letter.id)],
    ["root", letter.root === letter.id ? "" : printable(letter.root)],
    ["state", stateText(letter)],
    ["died", `${formatMoment(letter.at)} ${letter.kind === "failed" ? "failed, in x-sink" : "in x-sump"}`],
    ["queue", printable(letter.queue)],
    ["actor", printable(letter.actor)],
    ["component", letter.component],
    ["attempts", String(attemptsOf(letter, envelope) ?? "")],
    ["error", printable([letter.type, letter.message].filter(Boolean).join(": "))],
    ...traceback.map((line, i): [string, string] => [i === 0 ? "traceback" : "", printable(line)]),
    ["details", printable(details)],
    ["route", envelope ? JSON.stringify(envelope.route) : ""],
    ["headers", envelope?.headers ? printable(JSON.stringify(envelope.headers)) : ""],
    [envelope ? "payload" : "body", bodyText(letter, envelope, body)],
    ...replays.map((replay): [string, string] => [`replay ${replay.n}`, replayText(replay)]),
  ];
  return fields.filter(([, value]) => value !== "").map(([name, value]) =>
    `${styles.dim(pad(name, 9))} ${value}`
  );
}

/** How often it was tried; undefined when no actor ran, or that is not known any more. */
function attemptsOf({ error }: Letter, envelope: Envelope | undefined): number | undefined {
  // One that was never sent through a retry need not say that it is the first.
  return error === "" || !envelope ? undefined : envelope.status?.attempt ?? 1;
}

function stateText({ state, stateAt, dropReason, purged }: Letter): string {
  const since = state === "open" ? "" : ` since ${formatMoment(stateAt)}`;
  const why = state === "dropped" ? `: ${printable(dropReason)}` : "";
  return `${state}${since}${why}${purged ? " (payload removed)" : ""}`;
}

function replayText({ as, id, how, at, sentAt }: Replay): string {
  const sent = sentAt === undefined
    ? `begun ${formatMoment(at)}, not known to be sent`
    : `sent ${formatMoment(sentAt)}`;
  return `${sent}${as === id ? "" : ` as ${as}`}${how === "{}" ? "" : `, changed: ${printable(how)}`}`;
}

function bodyText(letter: Letter, envelope: Envelope | undefined, body: Uint8Array | undefined): string {
  if (!body) return "(a later result has replaced it)";
  if (letter.purged) return "(removed)";
  return printable(
    envelope?.payload ?? utf8(body) ?? `${formatBytes(body.length)}, not UTF-8 (--body prints them)`,
  );
}

/** What an error has beside its type and message, as its actor gave it. */
function moreOf(error: string): { traceback: string[]; details: string } {
  const { traceback, details } = error === "" ? {} : JSON.parse(error) ?? {};
  return {
    traceback: typeof traceback === "string" ? traceback.trimEnd().split("\n") : [],
    details: typeof details === "string" ? details : "",
  };
}

/** The text of bytes, if they are UTF-8, to the last byte. */
function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
