/**
 * What the tests of actors in Rust share.
 *
 * @module
 */

import { parseActorSpec } from "@troupe/controller/spec";
import { type Json, parseEnvelope } from "@troupe/host/envelope";
import type { HopResult } from "@troupe/host/hop";
import { Late } from "@troupe/host/late";
import { createLogger } from "@troupe/host/observe/logs";
import { NO_METRICS } from "@troupe/host/observe/metrics";
import { openStage } from "@troupe/host/replica";
import { openState } from "@troupe/host/state/open_state";
import type { StateStore } from "@troupe/host/state/store";
import { fromFileUrl, join } from "@std/path";
import { lacks } from "@troupe/tests/require";

const MAIN = fromFileUrl(new URL("../../cli/main.ts", import.meta.url));
const CONFIG = fromFileUrl(new URL("../../deno.json", import.meta.url));

/** Whether tests have to be skipped for want of Rust. */
export const IGNORE: boolean = lacks(
  "cargo",
  "https://www.rust-lang.org/tools/install, and: rustup target add wasm32-wasip2",
);

/** What came of a command. */
export interface CommandRun {
  readonly code: number;
  /** What it wrote, to either place. */
  readonly text: string;
}

/** Where a command is run. */
export interface CommandOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a command to its end. */
export async function run(
  command: string,
  args: readonly string[],
  { cwd, env = {} }: CommandOptions,
): Promise<CommandRun> {
  const { code, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    cwd,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
  }).output();
  const text = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  return { code, text };
}

/** Runs `troupe` to its end, as a person does. */
export function runTroupe(args: readonly string[], options: CommandOptions): Promise<CommandRun> {
  return run(Deno.execPath(), ["run", "-A", "--quiet", "--config", CONFIG, MAIN, ...args], options);
}

/** A folder that is gone when it goes out of scope, by its real path. */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await Deno.realPath(await Deno.makeTempDir({ prefix: "troupe-rust-" }));
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** What is told of a built actor while it runs. */
export interface Opened {
  /** Gives it a payload. */
  handle(payload: Json): Promise<HopResult>;
  /** What its host has logged. */
  readonly logged: readonly string[];
}

/**
 * Runs a test with a built actor in its sandbox, with all that its spec grants.
 *
 * @param folder Has its `actor.yaml`.
 * @param change Changes its text, for what is known only when the test runs.
 */
export async function withActor(
  folder: string,
  test: (actor: Opened) => Promise<void>,
  change: (yaml: string) => string = (yaml) => yaml,
): Promise<void> {
  const file = join(folder, "actor.yaml");
  const spec = parseActorSpec(change(await Deno.readTextFile(file)), { file });
  await using cache = await temporaryFolder();
  const logged: string[] = [];
  const state = new Late<StateStore>(() => openState(join(cache.path, "state.db")));
  try {
    const stage = await openStage(spec, {
      cacheDir: cache.path,
      state,
      logger: createLogger({ level: "debug", format: "text", write: (line) => void logged.push(line) }),
      metrics: NO_METRICS,
      transport: { broadcast: () => Promise.resolve() },
      resolve: () => Promise.resolve(["127.0.0.1"]),
    });
    let envelopes = 0;
    const handle = async (payload: Json) => {
      const route = { prev: [], curr: spec.name, next: [] };
      const body = JSON.stringify({ id: `e-${envelopes++}`, route, payload });
      return await stage.run(parseEnvelope(new TextEncoder().encode(body)));
    };
    try {
      await test({ handle, logged });
    } finally {
      await stage.close();
    }
  } finally {
    await state.close();
  }
}

/** The payloads of a hop that went well. @throws when it failed. */
export function payloadsOf(result: HopResult): Json[] {
  if (!result.ok) throw new Error(`${result.failure.type}: ${result.failure.message}`);
  return result.emits.map(({ payload }) => JSON.parse(payload));
}
