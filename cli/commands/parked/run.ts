/**
 * `troupe parked`.
 *
 * @module
 */

import type { Page } from "@troupe/host/crew/store";
import { Output } from "../../view/output.ts";
import { countOf } from "../../view/quantity.ts";
import { stylesFor } from "../../view/styles.ts";
import { findMesh } from "../data_folder.ts";
import { EXIT } from "../exit_code.ts";
import { pages } from "../store_pages.ts";
import { openJoinJson, openJoinLine, parkedJson, parkedLine } from "./print.ts";

/** Options of `troupe parked`. */
export interface ParkedOptions {
  /** Lists what waits in `x-join`, not in `x-pause`. */
  readonly joins: boolean;
  readonly json: boolean;
  readonly data?: string;
  readonly store?: string;
}

/** Lists. @returns The exit code. */
export async function listParked(options: ParkedOptions): Promise<number> {
  const store = await (await findMesh(options)).openStore();
  const styles = stylesFor(Deno.stdout);
  const verb = (count: number) => count === 1 ? "waits" : "wait";
  try {
    return options.joins
      ? await list((after) => store.joining.open(after), {
        line: options.json ? openJoinJson : (join) => openJoinLine(join, styles),
        ...options.json ? {} : {
          sum: (count) =>
            `${countOf(count, "join")} ${verb(count)} for slices: troupe trace ID says where these are`,
        },
      })
      : await list((after) => store.parking.waiting(after), {
        line: options.json ? parkedJson : (parked) => parkedLine(parked, styles),
        ...options.json ? {} : {
          sum: (count) =>
            `${countOf(count, "envelope")} ${verb(count)} for an answer: troupe answer ID '{"ok":true}'`,
        },
      });
  } finally {
    await store.close();
  }
}

async function list<T>(
  read: (after: { readonly after?: number }) => Promise<Page<T>>,
  { line, sum }: { readonly line: (item: T) => string; readonly sum?: (count: number) => string },
): Promise<number> {
  const out = new Output();
  let shown = 0;
  for await (const item of pages(read)) {
    await out.line(line(item));
    shown++;
    if (out.closed) return EXIT.ok;
  }
  await out.flush();
  if (sum) console.error(sum(shown));
  return EXIT.ok;
}
