/**
 * Answers to envelopes that wait in `x-pause`: the messages that `x-resume` takes.
 *
 * @module
 */

import { z } from "zod";
import { TroupeError } from "../errors.ts";
import { JsonTextError, scanJson, scanMembers } from "../json_text.ts";
import { membersOf, mergePatch } from "../merge_patch.ts";

/** Distinguishes an answer from an envelope: a member that none has. */
const MARK = "x-troupe-answer";

/** What somebody says about an envelope that waits. */
export interface Answer {
  /** The envelope's id, or the key of its pause (`id/hop/replay`), which also tells one pause of it from another. */
  readonly to: string;
  /** Tells this answer from the same one given by somebody else: a UUID. @default the text of the answer */
  readonly token: string;
  /** JSON text, to the letter; undefined where it is called off. */
  readonly answer?: string;
  /** Why it is called off. */
  readonly cancel?: string;
}

/** Bytes in the queue of `x-resume` that are no answer. */
export class MalformedAnswerError extends TroupeError {
  constructor(problem: string, options?: ErrorOptions) {
    const form = `{"${MARK}":1,"to":"ID","answer":…}, or "cancel":"why" in place of the answer`;
    super("troupe.MalformedAnswer", "user", `Not an answer: ${problem}. One is ${form}`, options);
  }
}

const Parts = z.strictObject({
  [MARK]: z.literal(1),
  to: z.string().min(1),
  token: z.string().min(1).optional(),
  answer: z.unknown().optional(),
  cancel: z.string().optional(),
});

/**
 * The bytes of an answer.
 *
 * @example
 * ```ts
 * import { readAnswer, writeAnswer } from "@troupe/host/crew/answer";
 * import { assertEquals } from "@std/assert";
 *
 * const answer = { to: "1", token: "t", answer: '{"n":9007199254740993}' };
 * assertEquals(readAnswer(writeAnswer(answer)), answer);
 * ```
 */
export function writeAnswer({ to, token, answer, cancel }: Answer): Uint8Array<ArrayBuffer> {
  const said = answer === undefined ? `"cancel":${JSON.stringify(cancel ?? "")}` : `"answer":${answer}`;
  const text = `{"${MARK}":1,"to":${JSON.stringify(to)},"token":${JSON.stringify(token)},${said}}`;
  return new TextEncoder().encode(text);
}

/**
 * The bytes that end the pause of an envelope which is called off: the same from everyone who notices.
 *
 * @param key Of the pause.
 * @param options `by`: what was called off, the envelope or what it came of.
 */
export function writeCancellation(key: string, { by }: { readonly by: string }): Uint8Array<ArrayBuffer> {
  return writeAnswer({ to: key, token: `cancel/${by}/${key}`, cancel: "Canceled" });
}

/** Reads an answer. @throws {MalformedAnswerError} when the bytes are none. */
export function readAnswer(body: Uint8Array): Answer {
  let text: string;
  let answer: string | undefined;
  let parts: z.infer<typeof Parts>;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(body);
    scanJson(text);
    parts = Parts.parse(JSON.parse(text));
    answer = scanMembers(text).findLast(({ key }) => key === "answer")?.valueText;
  } catch (cause) {
    throw new MalformedAnswerError(problemOf(cause), { cause });
  }
  const { to, cancel } = parts;
  if ((answer === undefined) === (cancel === undefined)) {
    throw new MalformedAnswerError("it has to have either an answer or a cancel");
  }
  const said = answer === undefined ? { cancel: cancel as string } : { answer: squeeze(answer) };
  return { to, token: parts.token ?? JSON.stringify(said), ...said };
}

function problemOf(cause: unknown): string {
  if (cause instanceof JsonTextError) return cause.message;
  if (cause instanceof z.ZodError) {
    const [issue] = cause.issues;
    return `${issue?.path.join(".") || "it"}: ${issue?.message ?? "it is not valid"}`;
  }
  return "it is not UTF-8";
}

/** A JSON text without the space between its tokens: two that differ in nothing else are the same answer. */
export function squeeze(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|[ \t\r\n]+/g, (token) => token.startsWith('"') ? token : "");
}

/**
 * A payload with an answer in it. An answer that is an object is a JSON merge patch (RFC 7396) of a payload that is one;
 * any other becomes the payload's member `answer`. A payload that is no object becomes the member `payload` beside it.
 *
 * @param payload One JSON text; what the answer does not name keeps its exact text.
 *
 * @example
 * ```ts
 * import { mergeAnswer } from "@troupe/host/crew/answer";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(mergeAnswer('{"sum":1e400}', '{"ok":true}'), '{"sum":1e400,"ok":true}');
 * assertEquals(mergeAnswer('{"sum":1e400}', "true"), '{"sum":1e400,"answer":true}');
 * assertEquals(mergeAnswer("[1]", "true"), '{"payload":[1],"answer":true}');
 * ```
 */
export function mergeAnswer(payload: string, answer: string): string {
  if (!membersOf(payload)) return `{"payload":${payload},"answer":${answer}}`;
  if (membersOf(answer)) return mergePatch(payload, answer);
  // Not by way of a patch, in which null would remove the member.
  const kept = (membersOf(payload) ?? []).filter(({ key }) => key !== "answer")
    .map(({ keyText, valueText }) => `${keyText}:${valueText}`);
  return `{${[...kept, `"answer":${answer}`].join(",")}}`;
}
