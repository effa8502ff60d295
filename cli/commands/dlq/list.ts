/**
 * `troupe dlq list`.
 *
 * @module
 */

import type { LetterState } from "@troupe/host/crew/store";
import { Output } from "../../view/output.ts";
import { countOf } from "../../view/quantity.ts";
import { stylesFor } from "../../view/styles.ts";
import { findMesh } from "../data_folder.ts";
import { EXIT } from "../exit_code.ts";
import { allLetters, filterOf, type FilterOptions } from "./filter.ts";
import { letterJson, letterLine } from "./print.ts";

/** Options of `troupe dlq list`. */
export interface ListOptions extends FilterOptions {
  readonly state: LetterState | "all";
  readonly id?: string;
  readonly root?: string;
  readonly json: boolean;
  readonly data?: string;
  readonly store?: string;
}

/** Lists. @returns The exit code. */
export async function listLetters(options: ListOptions): Promise<number> {
  const { state, id, root, json } = options;
  const store = await (await findMesh(options)).openStore();
  const out = new Output();
  const styles = stylesFor(Deno.stdout);
  try {
    const filter = {
      ...filterOf(options),
      ...(id === undefined ? {} : { id }),
      ...(root === undefined ? {} : { root }),
      ...(state === "all" ? {} : { state }),
    };
    let shown = 0;
    for await (const letter of allLetters(store.letters, filter)) {
      await out.line(json ? letterJson(letter) : letterLine(letter, styles));
      shown++;
      if (out.closed) return EXIT.ok;
    }
    await out.flush();
    if (!json) {
      const { count } = await store.letters.count();
      console.error(`${countOf(shown, "dead letter")} shown; ${count} in all, in every state.`);
    }
    return EXIT.ok;
  } finally {
    await store.close();
  }
}
