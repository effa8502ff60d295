/**
 * `troupe dlq show`.
 *
 * @module
 */

import type { Store } from "@troupe/host/crew/store";
import { Output } from "../../view/output.ts";
import { stylesFor } from "../../view/styles.ts";
import { findMesh } from "../data_folder.ts";
import { EXIT } from "../exit_code.ts";
import { UsageError } from "../usage_error.ts";
import { lettersOf } from "./filter.ts";
import { letterDetails, letterJson, type LetterParts } from "./print.ts";

/** Options of `troupe dlq show`. */
export interface ShowOptions {
  readonly ref: string;
  readonly body: boolean;
  readonly json: boolean;
  readonly data?: string;
  readonly store?: string;
}

/**
 * Shows.
 *
 * @returns The exit code.
 * @throws {NoLetterError} when there is no such letter.
 */
export async function showLetters(options: ShowOptions): Promise<number> {
  if (options.body && options.json) {
    throw new UsageError("--body prints bytes as they are: leave --json away");
  }
  const store = await (await findMesh(options)).openStore();
  try {
    if (options.body) await printBody(options.ref, store);
    else await printLetters(options, store);
    return EXIT.ok;
  } finally {
    await store.close();
  }
}

async function printBody(ref: string, store: Store): Promise<void> {
  const found = await lettersOf(store.letters, ref);
  if (found.length > 1) {
    const keys = found.map(({ key }) => key).join("  ");
    throw new UsageError(`${ref} has ${found.length} dead letters: name one of them by its key: ${keys}`);
  }
  const body = await store.letters.body(found[0].key);
  if (!body) console.error(`It is not there any more: a later result has replaced it.`);
  const writer = Deno.stdout.writable.getWriter();
  if (body) await writer.write(body);
  writer.releaseLock();
}

async function printLetters({ ref, json }: ShowOptions, store: Store): Promise<void> {
  const out = new Output();
  const styles = stylesFor(Deno.stdout);
  const found = await lettersOf(store.letters, ref);
  for (const [i, letter] of found.entries()) {
    const replays = letter.id === "" ? [] : await store.letters.replays(letter.id);
    const parts: LetterParts = {
      body: await store.letters.body(letter.key),
      replays: replays.filter(({ key }) => key === letter.key || found.length === 1),
    };
    if (i > 0 && !json) await out.line("");
    for (const line of json ? [letterJson(letter, parts)] : letterDetails(letter, parts, styles)) {
      await out.line(line);
    }
  }
  await out.flush();
}
