/**
 * `spec.grants` of an `actor.yaml`: what an actor may do beyond computing.
 *
 * @module
 */

import { isActorName, RESUME } from "@troupe/host/actor_name";
import type { Grants, SecretSource, StateGrant } from "@troupe/host/grants";
import { resolve } from "@std/path";
import { z } from "zod";
import { field, withRules } from "./_schema.ts";
import { bytes, count, kindOf, list, map, matching, object, text, word } from "./_fields.ts";
import { files } from "./files_grant.ts";
import { http, httpRulesOf } from "./http_grant.ts";
import { secretSource } from "./secret_resource.ts";

const routeGrant = withRules(text("an actor's name, or prefix-*", { most: 65 }), [
  {
    cel: "self.matches(r'^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(-[*])?$')",
    holds: (grant) => isActorName(grant.endsWith("-*") ? grant.slice(0, -2) : grant),
    message: `has to be an actor's name, or a prefix followed by "-*"`,
  },
  {
    cel: `self != '${RESUME}'`,
    holds: (grant) => grant !== RESUME,
    message: `cannot be granted: only the crew may send to ${RESUME}`,
  },
]);

/** A name as environments have it. */
const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, {
  error: "has to be a name of letters, digits and underscores, such as API_URL",
});
const BY_NAME = "by name (letters, digits and underscores)";

const value = text("a text; put numbers and booleans in quotes", { most: 32 * 1024 }).refine(
  (text) => !text.includes("\0"),
  { error: "has to be a text without NUL" },
);

/** Bounds of a bucket, and its name. */
export const stateBucket = object({
  bucket: field(
    matching("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", {
      what: "a name of lower-case letters, digits and hyphens, such as carts",
      most: 63,
    }).optional(),
    "Name of a bucket that all share who name it. Without it, the actor has one of its own.",
  ),
  entries: field(
    count({ least: 1, most: 10_000_000 }).optional(),
    "Most entries that it may come to by what the actor puts in. Without it, 100000.",
  ),
  bytes: field(
    bytes({ least: 1, most: 64 * 1024 ** 3 }).optional(),
    "Most bytes of all keys and values. Without it, 256Mi.",
  ),
}, "true, or an object such as { bucket: carts }");

/** `true` is a bucket of its own, with the bounds that hold where nothing is said. */
const state = kindOf(
  (given): z.ZodType<z.output<typeof stateBucket>> =>
    given === true ? z.literal(true).transform(() => ({})) : stateBucket,
  stateBucket,
);

/** The field. */
export const grants = object({
  route: field(
    list(routeGrant, { what: "a list of actors' names", most: 256 }).default([]),
    "Actors that it may add to a route, by name or prefix-*.",
  ),
  env: field(
    map(variable, value, { what: `an object of texts ${BY_NAME}, such as { LANGUAGE: en }`, most: 128 })
      .optional(),
    "Values by name, which it sees as environment variables and through wasi:config.",
  ),
  secrets: field(
    map(variable, secretSource, {
      what: `an object ${BY_NAME}, such as { API_KEY: { env: SHOP_API_KEY } }`,
      most: 64,
    }).optional(),
    "Values by name that do not stand in the spec, which it sees through wasi:config only.",
  ),
  http: field(http.optional(), "To where it may send requests."),
  state: field(
    state.optional(),
    "A bucket of keys and values: {} is one of its own. In a local mesh, true is the same.",
  ),
  files: field(files.optional(), "Folders that it can read, as they were when its sandbox was started."),
  clock: field(
    word(["coarse", "precise"]).optional(),
    "precise: clocks in steps of a microsecond, instead of 100 ms, which are too coarse to time anything by.",
  ),
}, "an object, such as { route: [store] }");

/** What a host needs of it, where it has passed what a local mesh asks for. @param folder Where relative paths start. */
export function grantsOf(given: z.infer<typeof grants>, folder: string): Grants {
  const { route, env, secrets, http, state, files, clock } = given;
  return {
    route,
    ...(env ? { env } : {}),
    ...(secrets ? { secrets: mapValues(secrets, (source) => sourceOf(source, folder)) } : {}),
    ...(http ? { http: httpRulesOf(http) } : {}),
    ...(state ? { state: stateOf(state) } : {}),
    ...(files
      ? { files: files.map(({ from, path }) => ({ from: resolve(folder, from as string), path })) }
      : {}),
    ...(clock ? { clock } : {}),
  };
}

function stateOf({ bucket, entries, bytes }: z.infer<typeof stateBucket>): StateGrant {
  return {
    ...(bucket === undefined ? {} : { bucket }),
    ...(entries === undefined ? {} : { entries }),
    ...(bytes === undefined ? {} : { bytes }),
  };
}

function sourceOf({ env, file }: z.infer<typeof secretSource>, folder: string): SecretSource {
  return env === undefined ? { file: resolve(folder, file as string) } : { env };
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
