/**
 * Whether an object is as it was applied: only what the controller has said of it counts, and who adds to it is let be.
 *
 * An API server writes some things otherwise than they were sent (`1000m` becomes `1`), and fills others in. So what it
 * answers to an application is remembered, as far as it was applied, and what is there is compared with that. Where nothing
 * is remembered, as after a start, it is compared with what would be applied: at worst that is applied once more, which
 * changes nothing.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { KubeObject } from "../kube/mod.ts";

/** On each object: a hash of what was applied. It tells what is wanted no more from what somebody else has added. */
export const APPLIED_ANNOTATION = "troupe.dev/applied";

/** The object with the hash of all of it. */
export function marked(object: KubeObject): KubeObject {
  const { metadata } = object;
  const hash = createHash("sha256").update(canonical(object)).digest("hex").slice(0, 32);
  const annotations = { ...metadata.annotations, [APPLIED_ANNOTATION]: hash };
  return { ...object, metadata: { ...metadata, annotations } };
}

/** Lists whose entries are told apart by one of their fields: others may add entries of their own. */
const KEYED: Readonly<Record<string, string>> = {
  containers: "name",
  env: "name",
  imagePullSecrets: "name",
  ownerReferences: "uid",
  ports: "containerPort",
  topologySpreadConstraints: "topologyKey",
  volumeMounts: "mountPath",
  volumes: "name",
};

/** Objects that belong to one manager as a whole: what another adds in them changes what they say. */
const WHOLE: ReadonlySet<string> = new Set([
  "namespaceSelector",
  "nodeSelector",
  "podSelector",
  "selector",
]);

/**
 * What is there of what was applied.
 *
 * @example
 * ```ts
 * import { ownedPart } from "./owned_fields.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const applied = { spec: { env: [{ name: "A", value: "1" }] } };
 * const there = { spec: { env: [{ name: "B", value: "2" }, { name: "A", value: "3" }], paused: true } };
 * assertEquals(ownedPart(applied, there), { spec: { env: [{ name: "A", value: "3" }] } });
 * ```
 */
export function ownedPart(applied: unknown, there: unknown, field = ""): unknown {
  if (Array.isArray(applied)) {
    const key = keyOf(field, applied);
    if (key === undefined || !Array.isArray(there)) return there;
    return applied.map((entry) => ownedPart(entry, entryOf(there, key, entry)));
  }
  if (!isObject(applied) || !isObject(there) || WHOLE.has(field)) return there;
  return Object.fromEntries(
    Object.entries(applied).map(([name, value]) => [name, ownedPart(value, there[name], name)]),
  );
}

/** Whether all that was applied is there, in the words in which it was applied. */
export function isThere(applied: unknown, there: unknown, field = ""): boolean {
  if (Array.isArray(applied)) {
    // What is empty is mostly left out.
    if (there === undefined) return applied.length === 0;
    if (!Array.isArray(there)) return false;
    const key = keyOf(field, applied);
    if (key !== undefined) return applied.every((entry) => isThere(entry, entryOf(there, key, entry)));
    return applied.length === there.length && applied.every((entry, i) => isThere(entry, there[i]));
  }
  if (isObject(applied)) {
    if (there === undefined) return Object.keys(applied).length === 0;
    if (!isObject(there)) return false;
    if (WHOLE.has(field) && Object.keys(there).some((name) => !(name in applied))) return false;
    return Object.entries(applied).every(([name, value]) =>
      value === undefined || isThere(value, there[name], name)
    );
  }
  return applied === there || (applied === "" && there === undefined);
}

/** What is remembered of an object. */
interface Seen {
  readonly hash: string;
  /** A hash of what was there of what was applied. */
  readonly part: string;
  /** A version of it in which that was so. */
  readonly version: string | undefined;
}

/** Remembers what an API server made of what was applied. */
export class AppliedMemory {
  readonly #seen = new Map<string, Seen>();

  /** Remembers what is there now. */
  remember(applied: KubeObject, there: KubeObject): void {
    const { uid } = there.metadata;
    if (uid === undefined) return;
    this.#seen.set(uid, { hash: hashIn(applied), part: partOf(applied, there), version: versionOf(there) });
  }

  /** Whether what is to be applied is there already. */
  matches(applied: KubeObject, there: KubeObject): boolean {
    const hash = hashIn(applied);
    if (hashIn(there) !== hash) return false;
    const seen = this.#seen.get(there.metadata.uid ?? "");
    if (seen?.hash === hash) {
      const version = versionOf(there);
      if (version !== undefined && seen.version === version) return true;
      if (seen.part !== partOf(applied, there)) return false;
      // It is not compared again before it has changed.
      this.#seen.set(there.metadata.uid ?? "", { ...seen, version });
      return true;
    }
    if (!isThere(applied, there)) return false;
    this.remember(applied, there);
    return true;
  }

  /** Forgets an object that is gone. */
  forget(uid: string | undefined): void {
    if (uid !== undefined) this.#seen.delete(uid);
  }
}

function versionOf({ metadata }: KubeObject): string | undefined {
  return metadata.resourceVersion;
}

function hashIn({ metadata }: KubeObject): string {
  return metadata.annotations?.[APPLIED_ANNOTATION] ?? "";
}

function partOf(applied: KubeObject, there: KubeObject): string {
  return createHash("sha256").update(canonical(ownedPart(applied, there))).digest("base64");
}

function keyOf(field: string, entries: readonly unknown[]): string | undefined {
  const key = KEYED[field];
  if (key === undefined || !entries.every((entry) => isObject(entry) && key in entry)) return undefined;
  return key;
}

function entryOf(entries: readonly unknown[], key: string, like: unknown): unknown {
  return entries.find((entry) => isObject(entry) && isObject(like) && entry[key] === like[key]);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** JSON with its keys in order. */
function canonical(value: unknown): string {
  return JSON.stringify(
    value,
    (_, each) =>
      isObject(each) ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => a < b ? -1 : 1)) : each,
  ) ?? "";
}
