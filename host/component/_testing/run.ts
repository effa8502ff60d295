/**
 * Runs what was prepared, in a sandbox.
 *
 * @module
 */

import { bundleForSandbox } from "../../sandbox/bundle.ts";
import { runBounded } from "../bounded_run.ts";
import type { PreparedComponent } from "../component.ts";

/** What came of a call of `handle`. */
export interface Ran {
  readonly returned?: string;
  readonly thrown?: string;
  readonly logged: readonly string[];
}

/** Calls `handle` of a component once. */
export async function runHandle(
  { glue, modules }: Pick<PreparedComponent, "glue" | "modules">,
  { payload, cacheDir }: { payload: string; cacheDir: string },
): Promise<Ran> {
  const encoder = new TextEncoder();
  const script = await bundleForSandbox(new URL("./run_child.ts", import.meta.url), cacheDir);
  const [answer] = await runBounded(script, {
    message: [
      new Uint8Array(glue),
      encoder.encode(JSON.stringify(modules.map(({ name }) => name))),
      encoder.encode(payload),
      ...modules.map(({ bytes }) => new Uint8Array(bytes)),
    ],
    bounds: { timeMs: 30_000, memoryBytes: 2 ** 30, outputBytes: 2 ** 20, parts: 1 },
  });
  return JSON.parse(new TextDecoder().decode(answer));
}
