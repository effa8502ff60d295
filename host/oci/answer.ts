/**
 * One request over HTTP, and all of its answer within bounds.
 *
 * @module
 */

import { z } from "zod";
import { concat } from "../bytes.ts";
import { RegistryError } from "./errors.ts";
import { fetchProblem } from "./fetch_problem.ts";

/** What is asked. */
export interface Question {
  readonly method: "GET" | "HEAD" | "POST" | "PUT";
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer> | URLSearchParams;
  /** Most bytes of an answer that says yes. @default 64 KiB */
  readonly maxBytes?: number;
  /** What is asked for, when it is more than that. */
  readonly what?: string;
}

/** What came back. */
export interface Answer {
  readonly status: number;
  /** Where it came from. */
  readonly url: URL;
  readonly headers: Headers;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A failure that may be over in a moment. */
export class PassingFailure extends Error {
  override readonly name = "PassingFailure";
  /** The pause that the server asks for, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** Whether another attempt could go better. */
  readonly passes: boolean;

  constructor(
    message: string,
    { retryAfterMs, passes = true, cause }: { retryAfterMs?: number; passes?: boolean; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.retryAfterMs = retryAfterMs;
    this.passes = passes;
  }
}

/** How long a server may take to begin with an answer, in milliseconds. What is uploaded takes as long as it takes. */
const PATIENCE_MS = 20_000;
/** Most bytes of an answer that is not what was asked for. */
const MOST_OTHER = 64 * 1024;

/** How it is asked. */
export interface AskOptions {
  readonly client: Deno.HttpClient;
  readonly signal: AbortSignal;
  /** See {@linkcode PATIENCE_MS}. */
  readonly patienceMs?: number | undefined;
}

/**
 * Asks once. Redirects are answers.
 *
 * @throws {PassingFailure} when there is no answer, or not all of it, or the server is in trouble or overrun.
 * @throws {RegistryError} `troupe.TooLarge`, when the answer has more bytes than it may.
 */
export async function askOnce(question: Question, options: AskOptions): Promise<Answer> {
  const { client, signal, patienceMs = PATIENCE_MS } = options;
  const { method, url, headers = {}, body, maxBytes = MOST_OTHER, what = "the answer" } = question;
  const late = new AbortController();
  const timer = body instanceof Uint8Array
    ? undefined
    : setTimeout(() => late.abort(new Error(`there is no answer within ${patienceMs / 1000} s`)), patienceMs);
  try {
    const response = await fetch(url, {
      method,
      headers: { "user-agent": "troupe", ...headers },
      redirect: "manual",
      client,
      signal: AbortSignal.any([signal, late.signal]),
      ...(body === undefined ? {} : { body }),
    });
    clearTimeout(timer);
    const most = response.ok ? maxBytes : MOST_OTHER;
    const bytes = await collect(response, { most, keeps: !response.ok, what });
    if (response.status === 429 || response.status >= 500) {
      const retryAfterMs = readRetryAfter(response.headers.get("retry-after"));
      throw new PassingFailure(`status ${response.status}${wordsOf(bytes)}`, {
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      });
    }
    return { status: response.status, url, headers: response.headers, bytes };
  } catch (error) {
    if (error instanceof PassingFailure || error instanceof RegistryError) throw error;
    const { problem, passes } = fetchProblem(error);
    throw new PassingFailure(problem, { passes, cause: error });
  } finally {
    clearTimeout(timer);
  }
}

async function collect(
  response: Response,
  { most, keeps, what }: { most: number; keeps: boolean; what: string },
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop early cancels the rest.
  for await (const chunk of response.body ?? []) {
    if (length + chunk.length > most) {
      // Only words are read of what is not the thing itself.
      if (keeps) break;
      throw new RegistryError("troupe.TooLarge", `${what} has more than ${most} bytes, which is the limit`);
    }
    length += chunk.length;
    chunks.push(chunk);
  }
  return concat(chunks);
}

/** Seconds, or a date; in milliseconds. */
export function readRetryAfter(header: string | null, now = Date.now()): number | undefined {
  if (header === null) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

/** Longest piece of a registry's own words in a message. */
const SAID = 300;

const Word = z.string().catch("");
const Errors = z.object({
  errors: z.array(z.object({ code: Word, message: Word }).catch({ code: "", message: "" })),
});

/** The words of a registry's error, after a comma; nothing when there are none. */
export function wordsOf(bytes: Uint8Array): string {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    // A server in front of it may say what it likes; its status is all that is told.
  }
  const words = (Errors.safeParse(json).data?.errors ?? [])
    .map(({ code, message }) => [code, message].filter((word) => word !== "").join(": "))
    .filter((text) => text !== "").join("; ").replaceAll(/[\p{Cc}\s]+/gu, " ");
  return words === "" ? "" : `, ${words.slice(0, SAID)}`;
}
