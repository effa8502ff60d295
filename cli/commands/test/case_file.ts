/**
 * A case: an envelope, and what the actor is to make of it. One JSON file each, in the folder `cases` beside the
 * `actor.yaml`.
 *
 * @module
 */

import { encodeEnvelope, type Envelope } from "@troupe/host/envelope";
import { TroupeError } from "@troupe/host/errors";
import { BadPathError, parsePath } from "@troupe/host/path";
import { z } from "zod";
import { completeEnvelope } from "./envelope.ts";
import { type ExactJson, isExactObject, parseExact } from "./exact_json.ts";
import type { Expectation } from "./expectation.ts";
import { IGNORED_MARK } from "./ignore.ts";

/** A case. */
export interface Case {
  readonly envelope: Envelope;
  readonly expect: Expectation;
  /** Paths within each emit whose values are not compared. */
  readonly ignore: readonly string[];
}

/** A file that is no case. */
export class BadCaseError extends TroupeError {
  constructor(file: string, problem: string, options?: ErrorOptions) {
    super("troupe.BadCase", "user", `${file} is no case: ${problem}`, options);
  }
}

const HEAD = { apiVersion: "troupe.dev/v1alpha1", kind: "Case" } as const;

const exact = z.custom<ExactJson>((value) => value !== undefined, { error: "it is missing" });
const exactObject = z.custom<{ readonly [key: string]: ExactJson }>(
  (value) => value !== undefined && isExactObject(value as ExactJson),
  { error: "it has to be an object" },
);
const names = z.custom<ExactJson>(
  (value) => Array.isArray(value) && value.every((name) => typeof name === "string"),
  { error: "it has to be a list of actors' names" },
);

const Expect = z.discriminatedUnion("verdict", [
  z.strictObject({
    verdict: z.literal("ok"),
    emits: z.array(
      z.strictObject({
        payload: exact,
        next: z.union([names, z.literal(IGNORED_MARK)]),
        headers: z.union([exactObject, z.literal(IGNORED_MARK)]).optional(),
      }),
    ),
  }),
  z.strictObject({
    verdict: z.literal("failed"),
    failure: z.strictObject({ type: z.string(), mro: z.array(z.string()) }),
  }),
]);

const CaseFile = z.strictObject({
  apiVersion: z.literal(HEAD.apiVersion),
  kind: z.literal(HEAD.kind),
  envelope: exactObject,
  expect: Expect,
  ignore: z.array(
    z.string().superRefine((path, { addIssue }) => {
      const problem = ignoreProblem(path);
      if (problem !== undefined) addIssue({ code: "custom", message: problem });
    }),
  ).default([]),
});

/**
 * Why a path cannot be ignored; undefined where it can.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(ignoreProblem(".payload.items[:].id"), undefined);
 * assertEquals(ignoreProblem(".id"), ".id is not within an emit: it has to begin with .payload, .headers or .next");
 * ```
 */
export function ignoreProblem(path: string): string | undefined {
  try {
    const [first] = parsePath(path);
    if (first?.kind === "key" && ["payload", "headers", "next"].includes(first.key)) return undefined;
    return `${path} is not within an emit: it has to begin with .payload, .headers or .next`;
  } catch (error) {
    if (error instanceof BadPathError) return error.message;
    throw error;
  }
}

/**
 * Reads a case.
 *
 * @param options `file`: where the text is from; `actor`: whose case it is.
 * @throws {BadCaseError} with everything that is wrong.
 */
export function parseCase(
  text: string,
  { file, actor }: { readonly file: string; readonly actor: string },
): Case {
  const bad = (problem: string, cause: unknown) => new BadCaseError(file, problem, { cause });
  let value: ExactJson;
  try {
    value = parseExact(text);
  } catch (error) {
    throw bad(error instanceof Error ? error.message : String(error), error);
  }
  if (!isExactObject(value) || value.kind !== HEAD.kind || value.apiVersion !== HEAD.apiVersion) {
    const wanted = Object.entries(HEAD).map(([key, value]) => `"${key}": "${value}"`).join(" and ");
    throw bad(`it does not say ${wanted}; make one with --record`, undefined);
  }
  const read = CaseFile.safeParse(value);
  if (!read.success) throw bad(problemsOf(read.error), read.error);
  const { envelope, expect, ignore } = read.data;
  try {
    return {
      envelope: completeEnvelope(JSON.stringify(envelope), actor),
      expect: withoutAbsent(expect),
      ignore,
    };
  } catch (error) {
    if (error instanceof TroupeError) throw bad(`envelope: ${error.message}`, error);
    throw error;
  }
}

/** Types say of a member that it is absent, not that it is undefined. */
function withoutAbsent(expect: z.infer<typeof Expect>): Expectation {
  if (expect.verdict === "failed") return expect;
  const emits = expect.emits.map(({ headers, ...rest }) => ({
    ...rest,
    ...(headers === undefined ? {} : { headers }),
  }));
  return { ...expect, emits };
}

function problemsOf({ issues }: z.ZodError): string {
  return issues.map(({ path, message }) => `${path.join(".") || "the whole"}: ${message}`).join("; ");
}

/** The text of a case's file. */
export function caseText({ envelope, expect, ignore }: Case): string {
  const shown = {
    ...HEAD,
    envelope: parseExact(new TextDecoder().decode(encodeEnvelope(envelope))),
    expect,
    ...(ignore.length > 0 ? { ignore } : {}),
  };
  return `${JSON.stringify(shown, null, 2)}\n`;
}
