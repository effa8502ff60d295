/**
 * The values that an actor is granted: those of its spec, and those that the host finds elsewhere.
 *
 * @module
 */

import { TroupeError } from "../errors.ts";
import type { Grants } from "../grants.ts";
import { readSecret, type SecretSource } from "../secret_source.ts";
import type { Config } from "../stage/wire/load.ts";

/** A value that is granted is not there. */
export class SecretMissingError extends TroupeError {
  constructor(name: string, source: SecretSource, options?: ErrorOptions) {
    const place = "env" in source
      ? `the variable ${source.env} of the host's environment is not set`
      : `the file ${source.file} cannot be read by the host`;
    super("troupe.SecretMissing", "user", `spec.grants.secrets.${name}: ${place}`, options);
  }
}

/**
 * Reads them. Secrets are read each time that a stage is started: one that was changed meanwhile is the new one then.
 *
 * @throws {SecretMissingError}
 */
export async function configOf({ env = {}, secrets = {} }: Pick<Grants, "env" | "secrets">): Promise<Config> {
  const environment = Object.entries(env);
  const found = await Promise.all(
    Object.entries(secrets).map(async ([name, source]) => [name, await valueOf(name, source)] as const),
  );
  return { environment, values: [...environment, ...found] };
}

async function valueOf(name: string, source: SecretSource): Promise<string> {
  let value: string | undefined;
  try {
    value = await readSecret(source);
  } catch (error) {
    throw new SecretMissingError(name, source, { cause: error });
  }
  if (value === undefined) throw new SecretMissingError(name, source);
  return value;
}

/** Shorter ones cannot be told from other text. */
const SHORTEST_HIDDEN = 6;

/**
 * Hides secrets in a text: what an actor was given in confidence, it may not write into logs and errors.
 *
 * @example
 * ```ts
 * import { hider } from "@troupe/host/granted/config";
 * import { assertEquals } from "@std/assert";
 *
 * const hide = hider({ environment: [], values: [["API_KEY", "s3cr3t-key"]] });
 * assertEquals(hide("the key is s3cr3t-key"), "the key is [API_KEY]");
 * ```
 */
export function hider({ environment, values }: Config): (text: string) => string {
  const told = new Set(environment.map(([name]) => name));
  const secrets = values.filter(([name, value]) => !told.has(name) && value.length >= SHORTEST_HIDDEN)
    // A longer one may have a shorter one in it.
    .toSorted(([, a], [, b]) => b.length - a.length);
  if (secrets.length === 0) return (text) => text;
  return (text) => secrets.reduce((hidden, [name, value]) => hidden.replaceAll(value, `[${name}]`), text);
}
