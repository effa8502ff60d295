// A store of state under test, whichever it is, and tests that each run on an empty one.

import { join } from "@std/path";
import { unlessStuck } from "../_testing.ts";
import { openSqliteState } from "./sqlite_store.ts";
import type { StateOptions, StateStore } from "./store.ts";

/** One place of state on which stores can be opened, as several processes do. */
export interface StateHarness {
  /** Opens another store on the same place. */
  open(options?: StateOptions): Promise<StateStore>;
  /** Resolves when a time to live that began before is over. */
  elapse(ms: number): Promise<void>;
  /** Takes everything away; stores that are still open are closed before. */
  close(): Promise<void>;
}

/** Makes an empty file. Its clock goes on only when it is told to. */
export async function startSqlite(): Promise<StateHarness> {
  const folder = await Deno.makeTempDir({ prefix: "troupe_state_" });
  const opened: StateStore[] = [];
  let now = 1_000_000;
  return {
    async open(options) {
      const store = await openSqliteState({ path: join(folder, "state.db"), now: () => now, ...options });
      opened.push(store);
      return store;
    },
    elapse(ms) {
      now += ms;
      return Promise.resolve();
    },
    async close() {
      for (const store of opened) await store.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** What registers a test on a place of its own. @param name What the names of the tests begin with. */
export function testsOn(name: string, start: () => Promise<StateHarness>) {
  return (what: string, run: (store: StateStore, harness: StateHarness) => Promise<void>) =>
    Deno.test(`${name}: ${what}`, async () => {
      const harness = await start();
      try {
        await unlessStuck(harness.open().then((store) => run(store, harness)));
      } finally {
        await harness.close();
      }
    });
}

/** The bytes of a text. */
export const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** The text of bytes; undefined for nothing. */
export const text = (value: Uint8Array | undefined): string | undefined =>
  value && new TextDecoder().decode(value);
