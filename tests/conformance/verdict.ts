/**
 * Whether a hop came to what a case says.
 *
 * @module
 */

import { parseJson } from "@troupe/host/json_value";
import type { Json } from "@troupe/host/envelope";
import type { HopResult } from "@troupe/host/hop";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { expand, type Expectation } from "./cases.ts";

/** What came of one envelope of a case. */
export interface Outcome {
  readonly result: HopResult;
  /** JSON texts. */
  readonly flies: readonly string[];
  readonly logs: readonly (readonly [level: string, message: string])[];
}

/** @throws {AssertionError} when a hop came to something else. */
export function assertOutcome({ result, flies, logs }: Outcome, expected: Expectation): void {
  if (expected.failure) assertFailure(result, expected.failure);
  else assert(result.ok, result.ok ? "" : `${result.failure.type}: ${result.failure.message}`);
  const emits = result.ok ? result.emits : [];
  const { payloads, texts, count } = expected;
  if (payloads) assertEquals(emits.map(({ payload }) => canonical(payload)), payloads.map(canonicalOf));
  if (texts) assertEquals(emits.map(({ payload }) => compact(payload)), texts);
  if (count !== undefined) assertEquals(emits.length, count);
  if (expected.emits) {
    assertEquals(emits.length, expected.emits.length);
    for (const [n, { payload, next, headers }] of expected.emits.entries()) {
      const emit = emits[n];
      assert(emit);
      if (payload !== undefined) assertEquals(canonical(emit.payload), canonicalOf(payload));
      if (next) assertEquals(emit.route.next, next);
      if (headers) assertEquals(canonicalOf(emit.headers as Json), canonicalOf(headers));
    }
  }
  if (expected.flies) assertEquals(flies.map(canonical), expected.flies.map(canonicalOf));
  if (expected.logs) assertEquals(logs.map(([level, message]) => [level, message]), expected.logs);
}

function assertFailure(result: HopResult, expected: NonNullable<Expectation["failure"]>): void {
  assert(!result.ok, "it did not fail");
  const { type, mro, message, details } = result.failure;
  if (expected.type !== undefined) assertEquals(type, expected.type, message);
  if (expected.lineage) assertEquals(mro, expected.lineage);
  if (expected.message !== undefined) assertEquals(message, expected.message);
  if (expected.details !== undefined) {
    assertEquals(canonical(details ?? "null"), canonicalOf(expected.details));
  }
  // Every failure can be told apart from every other, by its type.
  assertMatch(type, /\S/);
}

/** All answers of a case's runs, each of which is other than the others. */
export function assertDistinct(outcomes: readonly Outcome[]): void {
  const answers = outcomes.flatMap(({ result }) => result.ok ? result.emits : [])
    .flatMap(({ payload }): string[] => JSON.parse(payload));
  assert(answers.length > 1);
  for (const answer of answers) assertMatch(answer, /^[0-9a-f]{32}$/);
  assertEquals(new Set(answers).size, answers.length);
}

/** The same for texts that mean the same: members of objects in order, no white space. */
function canonical(text: string): string {
  return JSON.stringify(sorted(parseJson(text)));
}

function canonicalOf(value: unknown): string {
  return canonical(JSON.stringify(expand(value)));
}

function sorted(value: Json): Json {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const inOrder: { [key: string]: Json } = Object.create(null);
  for (const key of Object.keys(value).sort()) inOrder[key] = sorted(value[key] as Json);
  return inOrder;
}

/** A text without the white space between its tokens. */
function compact(text: string): string {
  return text.replaceAll(/("(?:[^"\\]|\\.)*")|\s+/g, "$1");
}
