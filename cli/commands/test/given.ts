/**
 * The envelope that a command line describes.
 *
 * @module
 */

import type { Envelope } from "@troupe/host/envelope";
import { TroupeError } from "@troupe/host/errors";
import { scanJson } from "@troupe/host/json_text";
import { checkRoute, parseHeaders } from "../send/submission.ts";
import { UsageError } from "../usage_error.ts";
import { composeEnvelope } from "./envelope.ts";

/** Options that describe an envelope. */
export interface GivenEnvelope {
  /** File of a whole envelope, JSON; `-` is standard input. */
  readonly envelope?: string;
  /** JSON text of the payload; `-` is standard input. */
  readonly payload?: string;
  /** `name=value`. */
  readonly header: readonly string[];
  /** Names of actors with commas between them. */
  readonly next?: string;
}

/** Whether anything is said of an envelope. */
export function saysSomething({ envelope, payload, header, next }: GivenEnvelope): boolean {
  return envelope !== undefined || payload !== undefined || header.length > 0 || next !== undefined;
}

/**
 * Reads it.
 *
 * @param actor Name of the actor that it goes to.
 * @throws {UsageError} when something is wrong with it.
 */
export async function readGiven(given: GivenEnvelope, actor: string): Promise<Envelope> {
  if (given.envelope === "-" && given.payload === "-") {
    throw new UsageError("--envelope - and --payload - would both be standard input: name a file for one");
  }
  const headers = parseHeaders(given.header);
  const next = given.next?.split(",").filter((name) => name !== "");
  checkRoute(next ?? []);
  const payload = given.payload === "-" ? await readText("-", "--payload -") : given.payload;
  if (payload !== undefined) {
    orUsage(() => scanJson(payload), "--payload", `. Put a JSON text into single quotes: '{"a":1}'`);
  }
  const envelope = given.envelope === undefined
    ? undefined
    : await readText(given.envelope, `--envelope ${given.envelope}`);
  const parts = {
    headers,
    ...(payload === undefined ? {} : { payload }),
    ...(next === undefined ? {} : { next }),
    ...(envelope === undefined ? {} : { envelope }),
  };
  return orUsage(() => composeEnvelope(parts, actor), `--envelope ${given.envelope ?? ""}`, "");
}

function orUsage<T>(make: () => T, place: string, advice: string): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof TroupeError)) throw error;
    throw new UsageError(`${place}: ${error.message}${advice}`, { cause: error });
  }
}

async function readText(file: string, place: string): Promise<string> {
  try {
    const bytes = file === "-"
      ? new Uint8Array(await new Response(Deno.stdin.readable).arrayBuffer())
      : await Deno.readFile(file);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    const problem = error instanceof TypeError
      ? "it is not UTF-8"
      : error instanceof Error
      ? error.message
      : String(error);
    throw new UsageError(`${place} cannot be read: ${problem}`, { cause: error });
  }
}
