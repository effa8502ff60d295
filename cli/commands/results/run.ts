/**
 * `troupe results`: what came out of the mesh.
 *
 * @module
 */

import type { Store } from "@troupe/host/crew/store";
import { TroupeError } from "@troupe/host/errors";
import { Output } from "../../view/output.ts";
import { countOf, formatCount } from "../../view/quantity.ts";
import { type Styles, stylesFor } from "../../view/styles.ts";
import { findMesh } from "../data_folder.ts";
import { EXIT } from "../exit_code.ts";
import { allDead, allResults } from "../store_pages.ts";
import { UsageError } from "../usage_error.ts";
import { deadDetails, deadJson, deadLine, resultDetails, resultJson, resultLine } from "./print.ts";

/** Options of `troupe results`. */
export interface ResultsOptions {
  readonly id?: string;
  readonly json: boolean;
  readonly dead: boolean;
  readonly failed: boolean;
  readonly root?: string;
  readonly data?: string;
  readonly store?: string;
}

/** There is no result of an envelope. */
export class NoResultError extends TroupeError {
  constructor(id: string, what: string) {
    super(
      "troupe.NoResult",
      "user",
      `There is no ${what} with the id ${JSON.stringify(id)}: "troupe trace ${id}" says how far it has come`,
    );
  }
}

/**
 * Shows them.
 *
 * @returns The exit code.
 * @throws {NoResultError} when one was asked for and is not there.
 */
export async function results(options: ResultsOptions): Promise<number> {
  if (options.dead && options.failed) {
    throw new UsageError("--dead and --failed exclude each other: what died is not among the results");
  }
  if (options.id !== undefined && (options.failed || options.root !== undefined)) {
    throw new UsageError("An id names one result: leave --failed and --root away, or the id");
  }
  const store = await (await findMesh(options)).openStore();
  const out = new Output();
  const styles = stylesFor(Deno.stdout);
  try {
    if (options.id !== undefined) await showOne(options.id, { store, out, styles, options });
    else await list({ store, out, styles, options });
    await out.flush();
    return EXIT.ok;
  } finally {
    await store.close();
  }
}

interface Work {
  readonly store: Store;
  readonly out: Output;
  readonly styles: Styles;
  readonly options: ResultsOptions;
}

async function showOne(id: string, { store, out, styles, options }: Work): Promise<void> {
  const result = options.dead ? undefined : await store.result(id);
  if (result) {
    for (const line of options.json ? [resultJson(result)] : resultDetails(result, styles)) {
      await out.line(line);
    }
    return;
  }
  const dead = await Array.fromAsync(allDead(store, { id }));
  if (dead.length === 0) throw new NoResultError(id, options.dead ? "dead envelope" : "result");
  if (!options.dead) console.error(`It has no result: it died. What is kept of it:`);
  for (const [i, record] of dead.entries()) {
    if (i > 0 && !options.json) await out.line("");
    for (const line of options.json ? [deadJson(record)] : deadDetails(record, styles)) await out.line(line);
  }
}

async function list({ store, out, styles, options }: Work): Promise<void> {
  const root = options.root === undefined ? {} : { root: options.root };
  let shown = 0;
  if (options.dead) {
    for await (const record of allDead(store, root)) {
      await out.line(options.json ? deadJson(record) : deadLine(record, styles));
      shown++;
      if (out.closed) return;
    }
  } else {
    for await (
      const result of allResults(store, { ...root, ...(options.failed ? { phase: "failed" } : {}) })
    ) {
      await out.line(options.json ? resultJson(result) : resultLine(result, styles));
      shown++;
      if (out.closed) return;
    }
  }
  if (options.json) return;
  await out.flush();
  const { results, dead, byPhase } = await store.counts();
  const phases = Object.entries(byPhase).map(([phase, n]) => `${formatCount(n)} ${phase}`).join(", ");
  console.error(
    `${formatCount(shown)} shown; in all ${countOf(results, "result")}${phases ? ` (${phases})` : ""} and ${
      countOf(dead, "dead envelope")
    }${dead > 0 && !options.dead ? `, which "troupe results --dead" lists` : ""}.`,
  );
}
