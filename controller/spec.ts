/**
 * The `Actor` resource, as it is written in `actor.yaml` and in a cluster. The schema is the only source of what is
 * allowed; what the design names and this version cannot do yet is refused by name.
 *
 * @module
 */

import { isActorName, isReservedName } from "@troupe/host/actor_name";
import type { ComponentSource } from "@troupe/host/component";
import { TroupeError } from "@troupe/host/errors";
import { DEFAULT_LIMITS, type Grants, type Isolation, type Limits } from "@troupe/host/limits";
import { dirname, resolve } from "@std/path";
import { LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { bytesOf, millisecondsOf } from "./units.ts";

/** The resource's `apiVersion`. */
export const API_VERSION = "troupe.dev/v1alpha1";

/** An actor, ready to be run: paths absolute, sizes in bytes, times in milliseconds. */
export interface ActorSpec {
  readonly name: string;
  readonly component: ComponentSource;
  readonly isolation: Isolation;
  readonly limits: Limits;
  readonly grants: Grants;
  /** The file that it was read from, and its folder. */
  readonly file: string;
  readonly folder: string;
}

/** A spec that is wrong; the message names each place, what is wrong there, and what to do. */
export class ActorSpecError extends TroupeError {
  /** One sentence for each mistake. */
  readonly mistakes: readonly string[];

  constructor(file: string, mistakes: readonly string[], options?: ErrorOptions) {
    super("troupe.BadSpec", "user", mistakes.map((mistake) => `${file}:${mistake}`).join("\n"), options);
    this.mistakes = mistakes;
  }
}

const bytes = z.union([z.string(), z.number()]).transform((value, context) => {
  const parsed = bytesOf(value);
  if (parsed === undefined) {
    context.addIssue({ code: "custom", message: `not a size: write bytes, or 128Mi, 64Ki` });
  }
  return parsed ?? z.NEVER;
});

const duration = z.union([z.string(), z.number()]).transform((value, context) => {
  const parsed = millisecondsOf(value);
  if (parsed === undefined) {
    context.addIssue({ code: "custom", message: `not a time: write 30s, 500ms or 2m` });
  }
  return parsed ?? z.NEVER;
});

const count = z.number().int().min(1);

const Component = z.union([
  z.strictObject({ file: z.string().min(1) }),
  z.strictObject({
    url: z.url({ protocol: /^https$/, error: "not an https address" }),
    sha256: z.string().regex(/^[0-9a-f]{64}$/i, "not a SHA-256 in hex"),
  }),
], { error: "write either file: PATH, or url: https://… with sha256: DIGEST" });

const routeGrant = z.string().refine(
  (name) => isActorName(name.replace(/-\*$/, "")),
  { error: "not the name of an actor, nor prefix-*" },
);

const Resource = z.strictObject({
  apiVersion: z.literal(API_VERSION),
  kind: z.literal("Actor"),
  metadata: z.looseObject({
    name: z.string()
      .refine(isActorName, {
        error: "not a DNS label: lower-case letters, digits and -, up to 63 characters",
      })
      .refine((name) => !isReservedName(name), { error: "names that begin with x- belong to the crew" }),
  }),
  spec: z.strictObject({
    component: Component,
    isolation: z.enum(["fresh", "reuse"]).default("fresh"),
    limits: z.strictObject({
      memory: bytes.pipe(z.number().min(65_536, "at least 64Ki").max(4 * 2 ** 30, "at most 4Gi")).optional(),
      timeout: duration.pipe(z.number().min(1).max(3_600_000, "at most 1h")).optional(),
      concurrency: count.max(1000).optional(),
      emits: count.max(100_000).optional(),
      emittedBytes: bytes.pipe(z.number().min(1).max(256 * 2 ** 20, "at most 256Mi")).optional(),
      logBytes: bytes.pipe(z.number().min(0).max(16 * 2 ** 20, "at most 16Mi")).optional(),
    }).default({}),
    grants: z.strictObject({ route: z.array(routeGrant).default([]) }).default({ route: [] }),
  }),
});

/** What the design names and this version does not do. */
const LATER: Record<string, readonly string[]> = {
  "spec": [
    "transport",
    "scaling",
    "resiliency",
    "resources",
    "env",
    "podTemplate",
    "queuePolicy",
    "suspend",
    "rate",
  ],
  "spec.grants": ["env", "secrets", "http", "state", "files", "clock", "random"],
  "spec.limits": ["cpu", "egressBytes", "hostCalls", "residentMemory"],
};

/**
 * Reads an actor's spec.
 *
 * @param text YAML.
 * @param options `file`: where it stands, for messages and for what paths in it are relative to.
 * @throws {ActorSpecError} when it is wrong, with every mistake.
 *
 * @example
 * ```ts
 * import { parseActorSpec } from "@troupe/controller/spec";
 * import { assertEquals } from "@std/assert";
 *
 * const text = `
 * apiVersion: troupe.dev/v1alpha1
 * kind: Actor
 * metadata: { name: split }
 * spec:
 *   component: { file: build/split.wasm }
 *   limits: { timeout: 2s }
 * `;
 * assertEquals(parseActorSpec(text, { file: "/mesh/actor.yaml" }).limits.timeoutMs, 2000);
 * ```
 */
export function parseActorSpec(text: string, { file }: { readonly file: string }): ActorSpec {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  if (document.errors.length > 0) {
    throw new ActorSpecError(
      file,
      document.errors.map(({ message, linePos }) => `${linePos?.[0].line ?? 1}: ${message.split("\n")[0]}`),
    );
  }
  const result = Resource.safeParse(document.toJS());
  if (!result.success) {
    const lineOf = (path: readonly PropertyKey[]) => {
      // The nearest part of the path that is there.
      for (let length = path.length; length > 0; length--) {
        const node = document.getIn(path.slice(0, length), true) as { range?: [number] } | undefined;
        if (node?.range) return lines.linePos(node.range[0]).line;
      }
      return 1;
    };
    throw new ActorSpecError(file, result.error.issues.flatMap((issue) => explain(issue, lineOf)), {
      cause: result.error,
    });
  }
  const { metadata, spec } = result.data;
  const folder = dirname(resolve(file));
  const { component, isolation, limits, grants } = spec;
  return {
    name: metadata.name,
    component: "file" in component
      ? { kind: "file", path: resolve(folder, component.file) }
      : { kind: "https", url: component.url, sha256: component.sha256 },
    isolation,
    limits: {
      memoryBytes: limits.memory ?? DEFAULT_LIMITS.memoryBytes,
      timeoutMs: limits.timeout ?? DEFAULT_LIMITS.timeoutMs,
      concurrency: limits.concurrency ?? DEFAULT_LIMITS.concurrency,
      emits: limits.emits ?? DEFAULT_LIMITS.emits,
      emittedBytes: limits.emittedBytes ?? DEFAULT_LIMITS.emittedBytes,
      logBytes: limits.logBytes ?? DEFAULT_LIMITS.logBytes,
    },
    grants,
    file: resolve(file),
    folder,
  };
}

/** Sentences for one of zod's issues. */
function explain(issue: z.core.$ZodIssue, lineOf: (path: readonly PropertyKey[]) => number): string[] {
  const where = issue.path.join(".");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => `${lineOf([...issue.path, key])}: ${unknownField(where, key)}`);
  }
  return [`${lineOf(issue.path)}: ${where || "the document"}: ${issue.message}`];
}

function unknownField(where: string, key: string): string {
  const path = where ? `${where}.${key}` : key;
  if (LATER[where]?.includes(key)) return `${path} is not supported by this version: remove it`;
  const nearest = knownFields(where).find((known) => distance(known.toLowerCase(), key.toLowerCase()) <= 2);
  return `${path} is not a field of an Actor${nearest ? `; did you mean ${nearest}?` : ""}`;
}

function knownFields(where: string): string[] {
  const fields: Record<string, string[]> = {
    "": ["apiVersion", "kind", "metadata", "spec"],
    "spec": ["component", "isolation", "limits", "grants"],
    "spec.limits": ["memory", "timeout", "concurrency", "emits", "emittedBytes", "logBytes"],
    "spec.grants": ["route"],
    "spec.component": ["file", "url", "sha256"],
  };
  return fields[where] ?? [];
}

/** Edits between two words (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
