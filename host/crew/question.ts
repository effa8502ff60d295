/**
 * What a pause asks.
 *
 * @module
 */

import { z } from "zod";
import type { Headers, Json } from "../envelope.ts";
import { BadHeaderError, timeSpan } from "./waiting_header.ts";

/** The header that says what is asked: any JSON. In an object, `timeout` says how long the answer is waited for. */
export const QUESTION_HEADER = "question";

const Timed = z.looseObject({ timeout: timeSpan.optional() });

/** What is asked, and for how long. */
export interface Question {
  /** JSON text; `null` where nothing is. */
  readonly text: string;
  /** In milliseconds. @default for ever */
  readonly timeoutMs?: number;
}

/** Reads the header `question`. @throws {BadHeaderError} when its `timeout` is no length of time. */
export function questionOf(headers: Headers | undefined): Question {
  const header = headers?.[QUESTION_HEADER] ?? null;
  const text = JSON.stringify(header);
  if (typeof header !== "object" || header === null || Array.isArray(header)) return { text };
  const read = Timed.safeParse(header);
  if (!read.success) throw BadHeaderError.of(QUESTION_HEADER, read.error, '{"ask":"…","timeout":"2h"}');
  const { timeout } = read.data;
  return { text, ...(timeout === undefined ? {} : { timeoutMs: timeout }) };
}

/** The headers of what was answered: without the question, which is not to be asked again at the next pause. */
export function withoutQuestion(headers: Headers | undefined): Headers {
  const rest: { [key: string]: Json } = Object.assign(Object.create(null), headers);
  delete rest[QUESTION_HEADER];
  return rest;
}
