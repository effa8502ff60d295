/**
 * `troupe parked`.
 *
 * @module
 */

import type { Parked, Parking } from "@troupe/host/crew/parked";
import { Output } from "../../view/output.ts";
import { countOf } from "../../view/quantity.ts";
import { stylesFor } from "../../view/styles.ts";
import { findMesh } from "../data_folder.ts";
import { EXIT } from "../exit_code.ts";
import { parkedJson, parkedLine } from "./print.ts";

/** Options of `troupe parked`. */
export interface ParkedOptions {
  readonly json: boolean;
  readonly data?: string;
  readonly store?: string;
}

/** Lists. @returns The exit code. */
export async function listParked(options: ParkedOptions): Promise<number> {
  const store = await (await findMesh(options)).openStore();
  const out = new Output();
  const styles = stylesFor(Deno.stdout);
  try {
    let shown = 0;
    for await (const parked of allParked(store.parking)) {
      await out.line(options.json ? parkedJson(parked) : parkedLine(parked, styles));
      shown++;
      if (out.closed) return EXIT.ok;
    }
    await out.flush();
    if (!options.json) {
      const verb = shown === 1 ? "waits" : "wait";
      console.error(`${countOf(shown, "envelope")} ${verb} for an answer: troupe answer ID '{"ok":true}'`);
    }
    return EXIT.ok;
  } finally {
    await store.close();
  }
}

async function* allParked(parking: Parking): AsyncGenerator<Parked> {
  for (let after = 0;;) {
    const { items, next } = await parking.waiting({ after });
    yield* items;
    if (next === undefined) return;
    after = next;
  }
}
