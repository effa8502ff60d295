/**
 * Reads a resource from YAML: a schema, and for everything that is wrong the file, the line, the field, and what to do.
 *
 * @module
 */

import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from "yaml";
import type { z } from "zod";
import { ActorSpecError, type SpecProblem } from "./errors.ts";

/** What is read. */
export interface ResourceReading<T> {
  /** Where the text is from. */
  readonly file: string;
  readonly schema: z.ZodType<T>;
  /** What to say of a field that the schema does not have: its name, and the path of the object that it is in. */
  readonly unknownField: (key: string, within: string) => string;
}

/** The largest file that is read, in characters. */
const MAX_LENGTH = 1024 * 1024;

/**
 * Reads a resource.
 *
 * @param text YAML, or JSON.
 * @throws {ActorSpecError} with everything that is wrong.
 */
export function readResource<T>(text: string, { file, schema, unknownField }: ResourceReading<T>): T {
  const lines = new LineCounter();
  const document = readDocument(text, { file, lines });
  const { data, error } = schema.safeParse(document.toJS());
  if (!error) return data;
  const place: Place = { file, lineOf: (path) => lineAt(document, path, lines), unknownField };
  throw new ActorSpecError(error.issues.flatMap((issue) => problemsOf(issue, place)).sort(byLine), {
    cause: error,
  });
}

function readDocument(
  text: string,
  { file, lines }: { readonly file: string; readonly lines: LineCounter },
): Document {
  const fail = (message: string, line?: number): never => {
    throw new ActorSpecError([{ file, path: "", message, ...(line === undefined ? {} : { line }) }]);
  };
  if (text.length > MAX_LENGTH) fail(`is longer than ${MAX_LENGTH} characters: no resource is`);
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false });
  const [document, second] = documents;
  if (!document) return fail("is empty: describe what it is for, or remove the file");
  if (second) {
    fail("holds several documents: give each a file of its own (and each actor a folder)", 1);
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

/** How a problem is told. */
export interface Place extends Pick<ResourceReading<unknown>, "file" | "unknownField"> {
  /** The line of the deepest part of a path that is there; undefined where there are no lines. */
  readonly lineOf: (path: readonly PropertyKey[]) => number | undefined;
}

/** The problems of an issue: for fields that are unknown, one for each. */
export function problemsOf(issue: z.core.$ZodIssue, place: Place): SpecProblem[] {
  if (issue.code !== "unrecognized_keys") return [problemAt(issue.path, issue.message, place)];
  return issue.keys.map((key) =>
    problemAt([...issue.path, key], place.unknownField(key, fieldName(issue.path)), place)
  );
}

function problemAt(path: readonly PropertyKey[], message: string, { file, lineOf }: Place): SpecProblem {
  const line = lineOf(path);
  return { file, path: fieldName(path), message, ...(line === undefined ? {} : { line }) };
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
