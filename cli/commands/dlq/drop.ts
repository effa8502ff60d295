/**
 * `troupe dlq drop`.
 *
 * @module
 */

import type { Letter, LetterState, Store } from "@troupe/host/crew/store";
import { Output } from "../../view/output.ts";
import { countOf } from "../../view/quantity.ts";
import { findMesh } from "../data_folder.ts";
import { EXIT } from "../exit_code.ts";
import { checkChoice, type ChoiceOptions, filterOf, isConfirmed, letterPages, lettersOf } from "./filter.ts";
import { letterJson } from "./print.ts";

/** Options of `troupe dlq drop`. */
export interface DropOptions extends ChoiceOptions {
  readonly reason?: string;
  readonly purge: boolean;
  readonly state: LetterState;
  readonly json: boolean;
  readonly data?: string;
  readonly store?: string;
}

/** Letters that are dropped together. */
const BATCH = 500;

/**
 * Drops.
 *
 * @returns The exit code.
 * @throws {NoLetterError} when there is no such letter.
 */
export async function dropLetters(options: DropOptions): Promise<number> {
  checkChoice(options, "drop");
  const store = await (await findMesh(options)).openStore();
  try {
    const out = new Output();
    let dropped = 0;
    for await (const page of await chosen(options, store)) {
      dropped += await dropBatch(page, { options, store, out });
    }
    await out.flush();
    console.error(
      dropped === 0
        ? "Nothing was to be dropped."
        : `${countOf(dropped, "dead letter")} dropped${options.purge ? ", payload removed" : ""}.`,
    );
    return EXIT.ok;
  } finally {
    await store.close();
  }
}

async function chosen(
  options: DropOptions,
  { letters }: Store,
): Promise<AsyncIterable<readonly Letter[]> | readonly (readonly Letter[])[]> {
  if (options.ref !== undefined) return [await lettersOf(letters, options.ref)];
  const filter = { ...filterOf(options), state: options.state };
  const { count, last } = await letters.count(filter);
  const verb = options.purge ? "Drop, and remove the payload of," : "Drop";
  if (count === 0 || !isConfirmed(`${verb} ${countOf(count, "dead letter")}?`, options)) return [];
  return letterPages(letters, { ...filter, upTo: last, limit: BATCH });
}

async function dropBatch(
  page: readonly Letter[],
  { options, store, out }: { options: DropOptions; store: Store; out: Output },
): Promise<number> {
  const { reason, purge, json } = options;
  const now = Date.now();
  const changed = await Promise.all(page.map(async (letter) => {
    const why = reason ?? (letter.dropReason || "no reason was given");
    return await store.letters.drop(letter.key, { reason: why, purge, now }) ? letter : undefined;
  }));
  let dropped = 0;
  for (const letter of changed) {
    if (!letter) continue;
    dropped++;
    const now = await store.letters.letter(letter.key);
    await out.line(json && now ? letterJson(now) : letter.key);
  }
  return dropped;
}
