/**
 * Runs a script in a sandbox of its own: one message in, one message out, within bounds of time, memory and output.
 *
 * @module
 */

import { boundMemory, type Sandbox, spawnSandbox } from "../sandbox/spawn.ts";
import { encodeParts, EndedEarlyError, PartsError, readParts } from "./parts.ts";

/** Bounds of a run. */
export interface RunBounds {
  /** Wall time, in milliseconds. */
  readonly timeMs: number;
  /** Memory beyond what the sandbox has when it is idle, in bytes. */
  readonly memoryBytes: number;
  /** Bytes of the answer. */
  readonly outputBytes: number;
  /** Parts of the answer. */
  readonly parts: number;
}

/** A run that came to no answer; the message says why. */
export class BoundedRunError extends Error {
  override readonly name = "BoundedRunError";
}

const PAGE_BYTES = 65_536;

/**
 * Does it. The script is to `harden` the sandbox, to write one byte when it is up, to read the message, and to write the answer.
 *
 * @param script Path of one JavaScript file without imports (see `bundle.ts`).
 * @throws {BoundedRunError} when there is no answer, or not within the bounds.
 */
export async function runBounded(
  script: string,
  { message, bounds }: { readonly message: readonly Uint8Array<ArrayBuffer>[]; readonly bounds: RunBounds },
): Promise<Uint8Array<ArrayBuffer>[]> {
  const sandbox = spawnSandbox(script, {
    hardens: true,
    v8Flags: [
      // One pass over code that runs once: the optimising compiler would only take time and memory.
      "--liftoff-only",
      // Holds where the kernel's bound is not to be had.
      `--wasm-max-mem-pages=${Math.floor(bounds.memoryBytes / PAGE_BYTES)}`,
    ],
  });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    sandbox.kill();
  }, bounds.timeMs);
  try {
    return await exchange(sandbox, message, bounds);
  } catch (error) {
    if (!(error instanceof PartsError)) throw error;
    sandbox.kill();
    const why = late
      ? `it takes more than ${bounds.timeMs / 1000} s`
      : error instanceof EndedEarlyError
      ? await describeEnd(sandbox)
      : `its output: ${error.message}`;
    throw new BoundedRunError(why, { cause: error });
  } finally {
    clearTimeout(timer);
    sandbox.kill();
    await Promise.all([sandbox.ended, sandbox.stderr]);
  }
}

async function exchange(
  sandbox: Sandbox,
  message: readonly Uint8Array<ArrayBuffer>[],
  { memoryBytes, outputBytes, parts }: RunBounds,
): Promise<Uint8Array<ArrayBuffer>[]> {
  // What it has when it is up is what the bound is on top of; earlier it would be far less.
  await awake(sandbox);
  await boundMemory(sandbox.pid, memoryBytes);
  const writing = ReadableStream.from(encodeParts(message)).pipeTo(sandbox.stdin).catch(() => {
    // It ended early: that there is no answer says so, and its status says how.
  });
  const answer = await readParts(sandbox.stdout, { parts, bytes: outputBytes });
  await writing;
  return answer;
}

async function awake(sandbox: Sandbox): Promise<void> {
  const reader = sandbox.stdout.getReader();
  try {
    const { value } = await reader.read();
    if (value?.length !== 1) throw new EndedEarlyError();
  } finally {
    reader.releaseLock();
  }
}

/** Longest piece of what the sandbox wrote to stderr in a message. */
const SAID = 300;

async function describeEnd(sandbox: Sandbox): Promise<string> {
  const [{ code, signal }, stderr] = await Promise.all([sandbox.ended, sandbox.stderr]);
  const said = stderr.replaceAll(/[\p{Cc}\s]+/gu, " ").trim().slice(0, SAID);
  return `the sandbox ended with ${signal ?? code}${said ? `: ${said}` : ""}`;
}
