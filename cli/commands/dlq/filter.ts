/**
 * Which dead letters a command line means.
 *
 * @module
 */

import type { Letter, LetterFilter, Letters, LetterState } from "@troupe/host/crew/store";
import { TroupeError } from "@troupe/host/errors";
import { InvalidArgumentError } from "commander";
import { durationOf } from "../duration.ts";
import { UsageError } from "../usage_error.ts";

/** The states that a letter can be in. */
export const STATES: readonly LetterState[] = ["open", "replayed", "resolved", "dropped"];

/** Options that choose among letters. */
export interface FilterOptions {
  readonly actor?: string;
  readonly type?: string;
  /** Milliseconds since the epoch. */
  readonly since?: number;
  /** Milliseconds since the epoch. */
  readonly until?: number;
}

/** Options that name one letter, or choose several. */
export interface ChoiceOptions extends FilterOptions {
  readonly ref: string | undefined;
  readonly all: boolean;
  readonly yes: boolean;
}

/** No dead letter has an id or key. */
export class NoLetterError extends TroupeError {
  constructor(ref: string) {
    super(
      "troupe.NoLetter",
      "user",
      `There is no dead letter with the id or key ${
        JSON.stringify(ref)
      }: "troupe dlq list --state all" lists them, ` +
        `and "troupe trace ${ref}" says how far an envelope has come`,
    );
  }
}

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;

/**
 * A moment as people write it, in milliseconds since the epoch: a time ago such as `2h`, or an RFC 3339 time.
 *
 * @throws {InvalidArgumentError} when it is neither.
 */
export function parseMoment(text: string): number {
  const ago = durationOf(text);
  const at = ago !== undefined ? Date.now() - ago : RFC3339.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(at)) {
    throw new InvalidArgumentError(
      "Write a time ago such as 30m, 2h or 1d, or one such as 2030-01-31T12:00:00Z.",
    );
  }
  return at;
}

/** The filter that options stand for. */
export function filterOf({ actor, type, since, until }: FilterOptions): LetterFilter {
  return {
    ...(actor === undefined ? {} : { actor }),
    ...(type === undefined ? {} : { type }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  };
}

/** @throws {UsageError} when it is not clear which letters are meant. */
export function checkChoice(options: ChoiceOptions, command: "replay" | "drop"): void {
  const filtered = Object.keys(filterOf(options)).length > 0;
  if (options.ref === undefined && !options.all) {
    throw new UsageError(`Name an id or a key, or say --all: troupe dlq ${command} ID`);
  }
  if (options.ref !== undefined && (options.all || filtered)) {
    throw new UsageError(
      "An id names what is meant: leave --all and the options that go with it away, or the id",
    );
  }
}

/**
 * Asks for a number of letters to be confirmed.
 *
 * @throws {UsageError} when nobody is there to be asked.
 */
export function isConfirmed(question: string, { yes }: { readonly yes: boolean }): boolean {
  if (yes) return true;
  if (!Deno.stdin.isTerminal()) throw new UsageError(`${question} Nobody is here to be asked: say --yes`);
  return confirm(question);
}

/** Every letter that a filter lets through, oldest first. */
export async function* allLetters(letters: Letters, filter: LetterFilter): AsyncGenerator<Letter> {
  for await (const page of letterPages(letters, filter)) yield* page;
}

/** The same in pages. */
export async function* letterPages(
  letters: Letters,
  filter: LetterFilter,
): AsyncGenerator<readonly Letter[]> {
  let cursor: Pick<LetterFilter, "after"> = {};
  for (;;) {
    const { items, next } = await letters.list({ ...filter, ...cursor });
    if (items.length > 0) yield items;
    if (next === undefined) return;
    cursor = { after: next };
  }
}

/**
 * The letters that an id or a key names, oldest first; at least one.
 *
 * @throws {NoLetterError} when there is none.
 */
export async function lettersOf(letters: Letters, ref: string): Promise<[Letter, ...Letter[]]> {
  const byKey = await letters.letter(ref);
  if (byKey) return [byKey];
  const [first, ...rest] = ref === "" ? [] : await Array.fromAsync(allLetters(letters, { id: ref }));
  if (!first) throw new NoLetterError(ref);
  return [first, ...rest];
}

/**
 * The one letter that a replay of an id or a key means: one whose replay was begun and is not known to be sent, or else
 * the latest that is open, or else the latest.
 *
 * @throws {NoLetterError} when there is none.
 */
export async function letterToReplay(letters: Letters, ref: string): Promise<Letter> {
  const found = await lettersOf(letters, ref);
  const unsent = new Set(
    (await letters.replays(found[0].id)).filter(({ sentAt }) => sentAt === undefined).map(({ key }) => key),
  );
  return found.findLast(({ key, state }) => state === "replayed" && unsent.has(key)) ??
    found.findLast(({ state }) => state === "open") ?? found.at(-1) ?? found[0];
}
