/**
 * The cases that an actor in every language passes: `sdk/conformance/cases.json`, checked.
 *
 * @module
 */

import type { Headers, Json } from "@troupe/host/envelope";
import { z } from "zod";

const Strings = z.array(z.string());
/** What JSON.parse has made; zod's own check of it leaves `__proto__` out. */
const Value = z.custom<Json>((value) => value !== undefined);
const HeadersValue = z.custom<Headers>((value) => typeof value === "object" && value !== null);

const ExpectSchema = z.strictObject({
  /** Payloads of the emits, in order. */
  payloads: z.array(Value).optional(),
  /** The same as texts, white space aside: for numbers, whose spelling counts. */
  texts: Strings.optional(),
  /** The emits, each in so far as it is described. */
  emits: z.array(z.strictObject({
    payload: Value.optional(),
    next: Strings.optional(),
    headers: HeadersValue.optional(),
  })).optional(),
  /** How many emits. */
  count: z.int().optional(),
  /** The failure, in so far as it is described; nothing is emitted then. */
  failure: z.strictObject({
    type: z.string().optional(),
    lineage: Strings.optional(),
    message: z.string().optional(),
    details: Value.optional(),
  }).optional(),
  flies: z.array(Value).optional(),
  logs: z.array(z.tuple([z.string(), z.string()])).optional(),
  /** Every answer of every run is another one. */
  distinct: z.boolean().optional(),
});

const CaseSchema = z.strictObject({
  name: z.string(),
  payload: Value.optional(),
  /** In its place where the spelling counts. */
  payloadText: z.string().optional(),
  prev: Strings.default([]),
  next: Strings.default([]),
  headers: HeadersValue.default({}),
  /** `stage`: not for the test kits, which have no limits and keep what is global. */
  only: z.literal("stage").optional(),
  /** How many envelopes, one after the other, each of which comes to the same. */
  times: z.int().default(1),
  expect: ExpectSchema,
  /** What is otherwise in a language, and why. */
  differs: z.record(z.string(), ExpectSchema.extend({ why: z.string() })).default({}),
});

/** What a hop has to come to. */
export type Expectation = z.output<typeof ExpectSchema>;
/** One case. */
export type Case = z.output<typeof CaseSchema>;

/** All cases, and what they share. */
export const CONFORMANCE = z.strictObject({
  id: z.string(),
  actor: z.string(),
  /** What may be added to a route. */
  grants: Strings,
  cases: z.array(CaseSchema),
}).parse(
  JSON.parse(await Deno.readTextFile(new URL("../../sdk/conformance/cases.json", import.meta.url))),
);

/** What a case has to come to in a language. */
export function expectedIn(language: string, { expect, differs }: Case): Expectation {
  const { why: _, ...expected } = differs[language] ?? { ...expect, why: "" };
  return expected;
}

/** A case's envelope, in bytes. */
export function envelopeOf({ payload, payloadText, prev, next, headers }: Case): Uint8Array {
  const { id, actor } = CONFORMANCE;
  const head = JSON.stringify({ id, route: { prev, curr: actor, next }, headers });
  const text = payloadText ?? JSON.stringify(expand(payload));
  return new TextEncoder().encode(`${head.slice(0, -1)},"payload":${text}}`);
}

/**
 * Makes what is too large to be written down: `{"$text": [text, n]}`, `{"$list": [value, n]}`, and `{"$nest": n}`, an
 * empty list within n - 1 others.
 */
export function expand(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(expand);
  const made = MADE.safeParse(value);
  if (!made.success) return Object.fromEntries(Object.entries(value).map(([key, of]) => [key, expand(of)]));
  if ("$text" in made.data) return made.data.$text[0].repeat(made.data.$text[1]);
  if ("$list" in made.data) return Array(made.data.$list[1]).fill(made.data.$list[0]);
  return JSON.parse("[".repeat(made.data.$nest) + "]".repeat(made.data.$nest));
}

const MADE = z.union([
  z.strictObject({ $text: z.tuple([z.string(), z.int()]) }),
  z.strictObject({ $list: z.tuple([Value, z.int()]) }),
  z.strictObject({ $nest: z.int() }),
]);
