/**
 * Reads an `actor.yaml`.
 *
 * @module
 */

import type { Grants, Isolation, Limits } from "@troupe/host/limits";
import { dirname, resolve } from "@std/path";
import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from "yaml";
import type { z } from "zod";
import { ActorSpecError, type SpecProblem } from "./errors.ts";
import { nearest } from "./nearest.ts";
import { ActorResource, FIELDS, NOT_YET } from "./resource.ts";

export { ActorSpecError, type SpecProblem } from "./errors.ts";

/** An actor, ready to be run: paths are absolute, sizes bytes, times milliseconds. */
export interface ActorSpec {
  /** A DNS label; the name of its queue too. */
  readonly name: string;
  /** Where its component is. */
  readonly component:
    | { readonly kind: "file"; readonly path: string }
    | { readonly kind: "https"; readonly url: string; readonly sha256: string };
  readonly isolation: Isolation;
  readonly limits: Limits;
  readonly grants: Grants;
  /** The `actor.yaml`. */
  readonly file: string;
  /** The folder that it is in, with the actor's source if there is one. */
  readonly folder: string;
}

/** The largest file that is read, in characters. */
const MAX_LENGTH = 1024 * 1024;

/**
 * Reads the spec of one actor.
 *
 * @param text YAML, or JSON.
 * @param options `file`: where the text is from; relative paths in it start at its folder.
 * @throws {ActorSpecError} with everything that is wrong: file, line, field, what, and what to do.
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
 * const spec = parseActorSpec(text, { file: "/mesh/split/actor.yaml" });
 * assertEquals(spec.component, { kind: "file", path: "/mesh/split/build/split.wasm" });
 * assertEquals(spec.limits.timeoutMs, 2000);
 * ```
 */
export function parseActorSpec(text: string, { file }: { readonly file: string }): ActorSpec {
  const lines = new LineCounter();
  const document = readDocument(text, { file, lines });
  const { data, error } = ActorResource.safeParse(document.toJS());
  if (error) {
    const lineOf = (path: readonly PropertyKey[]) => lineAt(document, path, lines);
    throw new ActorSpecError(
      error.issues.flatMap((issue) => problemsOf(issue, { file, lineOf })).sort(byLine),
      { cause: error },
    );
  }
  const path = resolve(file);
  const { metadata, spec } = data;
  return {
    name: metadata.name,
    component: componentOf(spec.component, dirname(path)),
    isolation: spec.isolation,
    limits: {
      memoryBytes: spec.limits.memory,
      timeoutMs: spec.limits.timeout,
      concurrency: spec.limits.concurrency,
      emits: spec.limits.emits,
      emittedBytes: spec.limits.emittedBytes,
      logBytes: spec.limits.logBytes,
    },
    grants: { route: spec.grants.route },
    file: path,
    folder: dirname(path),
  };
}

function componentOf(
  { file, url, sha256 }: ActorResource["spec"]["component"],
  folder: string,
): ActorSpec["component"] {
  if (file !== undefined) return { kind: "file", path: resolve(folder, file) };
  // The schema lets nothing else through.
  return { kind: "https", url: url as string, sha256: sha256 as string };
}

function readDocument(
  text: string,
  { file, lines }: { readonly file: string; readonly lines: LineCounter },
): Document {
  const fail = (message: string, line?: number): never => {
    throw new ActorSpecError([{ file, path: "", message, ...(line === undefined ? {} : { line }) }]);
  };
  if (text.length > MAX_LENGTH) fail(`is longer than ${MAX_LENGTH} characters: it is no actor's spec`);
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false });
  const [document, second] = documents;
  if (!document) return fail("is empty: describe an actor, or remove the file");
  if (second) {
    fail("holds several documents: give each actor a folder and an actor.yaml of its own", 1);
  }
  const [problem] = document.errors;
  if (problem) fail(`is not YAML: ${problem.message}`, lines.linePos(problem.pos[0]).line);
  try {
    document.toJS();
  } catch (error) {
    // Aliases that multiply without bound.
    fail(`is not YAML that can be read: ${error instanceof Error ? error.message : error}`);
  }
  return document;
}

interface Place {
  readonly file: string;
  readonly lineOf: (path: readonly PropertyKey[]) => number | undefined;
}

function problemsOf(issue: z.core.$ZodIssue, place: Place): SpecProblem[] {
  if (issue.code !== "unrecognized_keys") return [problemAt(issue.path, issue.message, place)];
  return issue.keys.map((key) => problemAt([...issue.path, key], unknownField(issue.path, key), place));
}

function problemAt(path: readonly PropertyKey[], message: string, { file, lineOf }: Place): SpecProblem {
  const line = lineOf(path);
  return { file, path: fieldName(path), message, ...(line === undefined ? {} : { line }) };
}

function unknownField(parent: readonly PropertyKey[], key: string): string {
  const within = fieldName(parent);
  if (NOT_YET.has(within === "" ? key : `${within}.${key}`)) {
    return "is not supported by this version of Troupe: remove it";
  }
  if (within === "" && key === "status") return "is written by the controller: remove it";
  const known = FIELDS.get(within) ?? [];
  const meant = nearest(key, known);
  const advice = meant === undefined ? `the fields here are ${known.join(", ")}` : `did you mean ${meant}?`;
  return `is not a field of an Actor; ${advice}`;
}

/** Such as `spec.grants.route[0]`. */
function fieldName(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (name, part) =>
      typeof part === "number" ? `${name}[${part}]` : name === "" ? String(part) : `${name}.${String(part)}`,
    "",
  );
}

/** The line of the deepest part of a path that is there. */
function lineAt(document: Document, path: readonly PropertyKey[], lines: LineCounter): number | undefined {
  let node: unknown = document.contents;
  let at: Node | undefined;
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === part);
      if (!pair) break;
      at = pair.key as Node;
      node = pair.value;
    } else if (isSeq(node) && typeof part === "number" && node.items[part]) {
      at = node.items[part] as Node;
      node = at;
    } else break;
  }
  const offset = (at ?? document.contents)?.range?.[0];
  return offset === undefined ? undefined : lines.linePos(offset).line;
}

function byLine(a: SpecProblem, b: SpecProblem): number {
  return (a.line ?? 0) - (b.line ?? 0);
}
