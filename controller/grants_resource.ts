/**
 * `spec.grants` of an `actor.yaml`: what an actor may do beyond computing.
 *
 * @module
 */

import { isActorName, RESUME } from "@troupe/host/actor_name";
import type { Grants, SecretSource, StateGrant } from "@troupe/host/grants";
import { resolve } from "@std/path";
import { z } from "zod";
import { bytes, count, kindOf, object, wants } from "./_fields.ts";
import { http, httpRulesOf } from "./http_grant.ts";

const routeGrant = z.string(wants("an actor's name, or prefix-*")).superRefine((grant, context) => {
  const name = grant.endsWith("-*") ? grant.slice(0, -2) : grant;
  const problem = !isActorName(name)
    ? `has to be an actor's name, or a prefix followed by "-*"`
    : grant === RESUME
    ? `cannot be granted: only the crew may send to ${RESUME}`
    : undefined;
  if (problem) context.addIssue({ code: "custom", message: problem });
});

/** A name as environments have it. */
const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, {
  error: "has to be a name of letters, digits and underscores, such as API_URL",
});
const BY_NAME = "by name (letters, digits and underscores)";

const value = z.string(wants("a text; put numbers and booleans in quotes")).refine(
  (text) => text.length <= 32 * 1024 && !text.includes("\0"),
  { error: "has to be a text of at most 32768 characters, without NUL" },
);

/** Where a value comes from that is not to stand in a spec. */
const secret = object({
  /** A variable of the host's environment. */
  env: variable.optional(),
  /** A file that the host can read. */
  file: z.string(wants("a path")).min(1, { error: "has to be a path" }).optional(),
}, "an object with env or file").refine(({ env, file }) => (env === undefined) !== (file === undefined), {
  error: "has to have either env or file",
});

/** The name of a bucket that several actors can share. */
const bucket = z.string(wants("a name")).regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, {
  error: "has to be a name of lower-case letters, digits and hyphens, such as carts",
});

/** Bounds of a bucket, and its name. */
export const stateBucket = object({
  bucket: bucket.optional(),
  /** Most entries that it may come to by what the actor puts in. */
  entries: count({ least: 1, most: 10_000_000 }).optional(),
  /** Most bytes of all keys and values. */
  bytes: bytes({ least: 1, most: 64 * 1024 ** 3 }).optional(),
}, "true, or an object such as { bucket: carts }").refine((given) => Object.keys(given).length > 0, {
  error: "has to have a bucket, entries or bytes; true is a bucket of its own with the usual bounds",
});

/** `true` is a bucket of its own, with the bounds that hold where nothing is said. */
const state = kindOf((given) => given === true ? z.literal(true).transform(() => ({})) : stateBucket);

const A_MOUNT = "an absolute path of plain names, such as /data";

const mount = object({
  /** A folder, relative to that of the `actor.yaml`. */
  from: z.string(wants("a path")).min(1, { error: "has to be a path" }),
  /** Where the actor finds it. */
  path: z.string(wants(A_MOUNT)).refine(
    (path) => /^(\/[A-Za-z0-9._-]+)+$/.test(path) && !/\/\.{1,2}(\/|$)/.test(path),
    { error: `has to be ${A_MOUNT}` },
  ),
}, "an object with from and path");

const files = z.array(mount, wants("a list, such as [{ from: ./words, path: /words }]")).refine(
  (mounts) => new Set(mounts.map(({ path }) => path)).size === mounts.length,
  { error: "has the same path twice" },
);

/** The field. */
export const grants = object({
  /** Actors that this actor may add to a route. */
  route: z.array(routeGrant, wants("a list of actors' names")).default([]),
  /** Values by name, as environment and through `wasi:config`. */
  env: z.record(variable, value, wants(`an object of texts ${BY_NAME}, such as { LANGUAGE: en }`)).optional(),
  /** Values by name that the host finds elsewhere, through `wasi:config` only. */
  secrets: z.record(
    variable,
    secret,
    wants(`an object ${BY_NAME}, such as { API_KEY: { env: SHOP_API_KEY } }`),
  )
    .optional(),
  /** To where it may send requests. */
  http: http.optional(),
  /** A bucket of keys and values: its own (`true`), or one with a name. */
  state: state.optional(),
  /** Folders that it can read. */
  files: files.optional(),
  /** `precise`: clocks that go in small steps. */
  clock: z.enum(["coarse", "precise"], wants("coarse or precise")).optional(),
}, "an object, such as { route: [store] }");

/** What a host needs of it. @param folder Where relative paths start. */
export function grantsOf(given: z.infer<typeof grants>, folder: string): Grants {
  const { route, env, secrets, http, state, files, clock } = given;
  return {
    route,
    ...(env ? { env } : {}),
    ...(secrets ? { secrets: mapValues(secrets, (source) => sourceOf(source, folder)) } : {}),
    ...(http ? { http: httpRulesOf(http) } : {}),
    ...(state ? { state: stateOf(state) } : {}),
    ...(files ? { files: files.map(({ from, path }) => ({ from: resolve(folder, from), path })) } : {}),
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

function sourceOf({ env, file }: z.infer<typeof secret>, folder: string): SecretSource {
  // The schema lets nothing through that has neither.
  return env === undefined ? { file: resolve(folder, file as string) } : { env };
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
