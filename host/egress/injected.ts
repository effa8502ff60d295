/**
 * Headers that the host puts into requests: their values, and that these do not come back.
 *
 * @module
 */

import { InjectedHeaderError } from "./errors.ts";
import { isFieldValue } from "../http_field.ts";
import type { Field } from "./fields.ts";
import type { HttpRule } from "../http_rule.ts";
import type { ReadSecret, SecretSource } from "../secret_source.ts";

/** Shorter values cannot be told from other text, so nothing could be hidden in a response. */
const SHORTEST = 4;
const LONGEST = 16 * 1024;

/** The headers of one entry of the grant, with their values. */
export interface Injected {
  /** Names in lower case. */
  readonly fields: readonly Field[];
  /** What a response must not show. */
  readonly secrets: readonly string[];
}

/**
 * The headers that an entry of the grant has injected.
 *
 * @throws {InjectedHeaderError} when a value is not there, or cannot be a header's.
 */
export async function injectedOf({ headers = {} }: HttpRule, read: ReadSecret): Promise<Injected> {
  const fields: Field[] = [];
  const secrets: string[] = [];
  for (const [name, { from, prefix = "" }] of Object.entries(headers)) {
    const secret = await valueOf(from, { name, read });
    fields.push([name, prefix + secret]);
    secrets.push(secret);
  }
  return { fields, secrets };
}

async function valueOf(
  from: SecretSource,
  { name, read }: { readonly name: string; readonly read: ReadSecret },
): Promise<string> {
  const place = "env" in from
    ? `the variable ${from.env} of the host's environment`
    : `the file ${from.file}`;
  const fail = (problem: string, cause?: unknown): never => {
    throw new InjectedHeaderError(
      `the grant http injects the header ${name} from ${place}: ${problem}`,
      { cause },
    );
  };
  let text: string | undefined;
  try {
    text = await read(from);
  } catch (error) {
    return fail(`it cannot be read: ${error instanceof Error ? error.message : error}`, error);
  }
  if (text === undefined) return fail("that is not there");
  // Variables that were made of files end with a line's end too, which is not meant.
  const value = text.replace(/\r?\n$/, "");
  if (!isFieldValue(value)) return fail("it has characters that no header may have");
  if (value.length < SHORTEST || value.length > LONGEST) {
    return fail(`it has ${value.length} characters: ${SHORTEST} to ${LONGEST} are let through`);
  }
  return value;
}

/** The headers of a request with the injected ones, whatever the actor set of their names. */
export function withInjected(fields: readonly Field[], { fields: injected, secrets }: Injected): Field[] {
  const names = new Set(injected.map(([name]) => name));
  // Bytes that are compressed cannot be looked through.
  if (secrets.length > 0) names.add("accept-encoding");
  const own = fields.filter(([name]) => !names.has(name));
  return secrets.length > 0 ? [...own, ["accept-encoding", "identity"], ...injected] : own;
}
