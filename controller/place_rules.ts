/**
 * What is wrong with an actor only in a cluster, or only on a laptop, though it could be run in the other place.
 *
 * @module
 */

import type { z } from "zod";
import type { Rule } from "./_schema.ts";
import { sourcesIn } from "./files_grant.ts";

/** A rule, and the objects that it is about; `[]` and `*` stand for any entry of a list or of a map. */
export interface PlaceRule extends Rule<Readonly<Record<string, unknown>>> {
  readonly path: string;
  readonly holds: (value: Readonly<Record<string, unknown>>) => boolean;
}

const SECRETS = ["spec.grants.secrets.*", "spec.grants.http[].headers.*.from"];

/** What a cluster refuses. An API server has these rules beside those of the schema. */
export const CLUSTER_RULES: readonly PlaceRule[] = [
  {
    path: "spec.component",
    cel: "!has(self.file)",
    holds: ({ file }) => file === undefined,
    message:
      "is a path on a laptop, which a cluster cannot read: name oci, or url or configMap with sha256 (troupe " +
      "deploy does that)",
    field: "file",
  },
  ...SECRETS.map((path) => ({
    path,
    cel: "has(self.secretKeyRef)",
    holds: ({ secretKeyRef }: Readonly<Record<string, unknown>>) => secretKeyRef !== undefined,
    message: "needs secretKeyRef in a cluster: env and file are of the machine that a local mesh runs on",
  })),
  {
    path: "spec.grants.files[]",
    cel: "has(self.configMap) || has(self.secret) || has(self.persistentVolumeClaim)",
    holds: (mount) => sourcesIn(mount) === 1,
    message:
      "needs one of configMap, secret and persistentVolumeClaim in a cluster: from is a folder of the machine " +
      "that a local mesh runs on",
  },
];

/** What a local mesh refuses; it has no API server. */
export const LAPTOP_RULES: readonly Omit<PlaceRule, "cel">[] = [
  {
    path: "spec.component",
    holds: ({ configMap }) => configMap === undefined,
    message:
      "has a configMap, which only a cluster has: for a local mesh, name file, oci, or url with sha256",
  },
  ...SECRETS.map((path) => ({
    path,
    holds: ({ env, file }: Readonly<Record<string, unknown>>) => env !== undefined || file !== undefined,
    message:
      "has only a secretKeyRef, which only a cluster can read: name env or file beside it, for a local mesh",
  })),
  {
    path: "spec.grants.files[]",
    holds: ({ from }) => from !== undefined,
    message: "has no from, and only a cluster has the rest: name a folder, for a local mesh",
  },
];

/** A check of a whole resource by the rules of a place. */
export function keeps(rules: readonly Omit<PlaceRule, "cel">[]) {
  return (resource: unknown, context: z.RefinementCtx): void => {
    for (const { path, holds, message, field } of rules) {
      for (const [at, value] of valuesAt(resource, partsOf(path))) {
        if (holds(value)) continue;
        context.addIssue({ code: "custom", message, path: field === undefined ? at : [...at, field] });
      }
    }
  };
}

/** The parts of a path: `a[].b` is `a`, `*`, `b`. */
export function partsOf(path: string): string[] {
  return path.replaceAll("[]", ".*").split(".");
}

type Found = [at: (string | number)[], value: Readonly<Record<string, unknown>>];

function valuesAt(value: unknown, parts: readonly string[], at: (string | number)[] = []): Found[] {
  if (typeof value !== "object" || value === null) return [];
  const [part, ...rest] = parts;
  if (part === undefined) return [[at, value as Readonly<Record<string, unknown>>]];
  const keys = part !== "*" ? [part] : Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return keys.flatMap((key) =>
    Object.hasOwn(value, key)
      ? valuesAt((value as Record<string | number, unknown>)[key], rest, [...at, key])
      : []
  );
}
