/**
 * The WASI that every actor gets: it can do nothing. What toolchains always import is there, in its harmless version: an
 * empty environment, an empty file system, no terminal, a coarse clock, random numbers, and stdio that becomes log lines.
 *
 * Serves every 0.2.x, as glue names interfaces without their version. Runs inside of the sandbox: no Deno.
 *
 * @module
 */

import { createFiles } from "./files.ts";
import type { Mount } from "./file_tree.ts";
import { bare, type Callable, resource } from "./resource.ts";

/** What the harmless version lets out, and where it takes what it lets in. */
export interface WasiHooks {
  /** What the guest wrote; the bytes are only good during the call. */
  readonly stdout: (bytes: Uint8Array) => void;
  readonly stderr: (bytes: Uint8Array) => void;
  /** Fills bytes with random ones. @default those of `crypto` */
  readonly random?: (bytes: Uint8Array<ArrayBuffer>) => void;
  /** The time, in milliseconds since the epoch; guests see it in coarse steps. @default the system's */
  readonly now?: () => number;
  /** For how long the guest has been there, in milliseconds: its monotonic clock. @default since this was called */
  readonly age?: () => number;
  /** Whether they see it as it is. @default false */
  readonly preciseClock?: boolean;
  /** Folders that it can read. @default none */
  readonly mounts?: readonly Mount[];
  /** What the environment has. @default nothing */
  readonly environment?: readonly (readonly [name: string, value: string])[];
}

/** Import objects by interface, as jco's glue takes them. */
export type WasiImports = Record<string, Record<string, unknown>>;

/** What a guest's call to `exit` throws, or to anything else that is not there for it. */
export class GuestExit extends Error {
  override readonly name = "GuestExit";
}

/** Step of every clock, in milliseconds: too coarse to time anything by. */
export const CLOCK_STEP_MS = 100;

const denied = (what: string): Callable => () => {
  throw new GuestExit(`${what} is not there for this actor`);
};

/** Step of the clocks where it is granted, in milliseconds. */
const PRECISE_STEP_MS = 0.001;

// Taken before the sandbox empties its global object.
const { timeOrigin } = performance;
const elapsed = performance.now.bind(performance);

function systemTime(): number {
  return timeOrigin + elapsed();
}

/** `crypto` gives no more at once. */
const RANDOM_CHUNK_BYTES = 65_536;

// Taken before the sandbox empties its global object.
const getRandomValues = crypto.getRandomValues.bind(crypto);

function cryptoRandom(bytes: Uint8Array<ArrayBuffer>): void {
  for (let at = 0; at < bytes.length; at += RANDOM_CHUNK_BYTES) {
    getRandomValues(bytes.subarray(at, at + RANDOM_CHUNK_BYTES));
  }
}

/** Most random bytes at once: what is asked for is allocated outside of the guest's own memory. */
const RANDOM_BYTES = 16 * 1024 * 1024;

/** Most that is read from a stream at once, for the same reason. */
const READ_BYTES = 1024 * 1024;

/** Largest write that a stream takes at once. */
const WRITE_BYTES = 65536n;

/**
 * Makes the imports of one instance. Make them anew for each: nothing of one guest stays in another's.
 */
export function createWasi(hooks: WasiHooks): WasiImports {
  const { stdout, stderr, random = cryptoRandom, now = systemTime } = hooks;
  const { preciseClock = false, environment = [] } = hooks;
  const randomBytes = (length: bigint) => {
    if (length > RANDOM_BYTES) throw new GuestExit(`More than ${RANDOM_BYTES} random bytes at once`);
    const bytes = new Uint8Array(Number(length));
    random(bytes);
    return bytes;
  };
  const randomU64 = () => new DataView(randomBytes(8n).buffer).getBigUint64(0);
  const closed = (): never => {
    // What a stream at its end throws, as jco's glue expects an error of the interface.
    throw { tag: "closed" };
  };
  const OutputStream = resource({
    checkWrite: () => WRITE_BYTES,
    write(this: { sink: (bytes: Uint8Array) => void }, bytes: Uint8Array) {
      this.sink(bytes);
    },
    blockingWriteAndFlush(this: { sink: (bytes: Uint8Array) => void }, bytes: Uint8Array) {
      this.sink(bytes);
    },
    writeZeroes: denied("writeZeroes"),
    blockingWriteZeroesAndFlush: denied("blockingWriteZeroesAndFlush"),
    flush: () => {},
    blockingFlush: () => {},
    subscribe: () => new Pollable(),
    splice: closed,
    blockingSplice: closed,
  });
  const read = function (this: { source?: Uint8Array }, length: bigint) {
    if (!this.source?.length) return closed();
    const end = Math.min(Number(length), READ_BYTES);
    const bytes = this.source.slice(0, end);
    this.source = this.source.subarray(end);
    return bytes;
  };
  const skip = function (this: { source?: Uint8Array }, length: bigint) {
    return BigInt(read.call(this, length).length);
  };
  const InputStream = resource({
    read,
    blockingRead: read,
    skip,
    blockingSkip: skip,
    subscribe: () => new Pollable(),
  });
  const Pollable = resource({ ready: () => true, block: () => {} });
  const IoError = resource({ toDebugString: () => "" });
  const sinkStream = (sink: (bytes: Uint8Array) => void) => Object.assign(new OutputStream(), { sink });
  const sourceStream = (source: Uint8Array) => Object.assign(new InputStream(), { source });
  const started = now();
  const { age = () => now() - started } = hooks;
  const stepMs = preciseClock ? PRECISE_STEP_MS : CLOCK_STEP_MS;
  const stepped = (ms: number) => Math.floor(ms / stepMs) * stepMs;
  const nanoseconds = (ms: number) => BigInt(Math.round(ms * 1_000_000));
  const monotonic = () => nanoseconds(stepped(age()));
  const wall = () => {
    const time = nanoseconds(stepped(now()));
    return { seconds: time / 1_000_000_000n, nanoseconds: Number(time % 1_000_000_000n) };
  };
  const resolution = nanoseconds(stepMs);
  const interfaces: WasiImports = {
    "wasi:cli/environment": {
      getEnvironment: () => environment.map(([name, value]) => [name, value]),
      getArguments: () => [],
      initialCwd: () => undefined,
    },
    "wasi:cli/exit": { exit: denied("exit"), exitWithCode: denied("exit") },
    "wasi:cli/stdin": { getStdin: () => new InputStream() },
    "wasi:cli/stdout": { getStdout: () => sinkStream(stdout) },
    "wasi:cli/stderr": { getStderr: () => sinkStream(stderr) },
    "wasi:cli/terminal-input": { TerminalInput: resource() },
    "wasi:cli/terminal-output": { TerminalOutput: resource() },
    "wasi:cli/terminal-stdin": { getTerminalStdin: () => undefined },
    "wasi:cli/terminal-stdout": { getTerminalStdout: () => undefined },
    "wasi:cli/terminal-stderr": { getTerminalStderr: () => undefined },
    "wasi:clocks/monotonic-clock": {
      now: monotonic,
      resolution: () => resolution,
      subscribeDuration: () => new Pollable(),
      subscribeInstant: () => new Pollable(),
    },
    "wasi:clocks/wall-clock": {
      now: wall,
      resolution: () => ({ seconds: 0n, nanoseconds: Number(resolution) }),
    },
    ...createFiles({ mounts: hooks.mounts ?? [], stream: sourceStream }),
    "wasi:io/error": { Error: IoError },
    "wasi:io/poll": { Pollable, poll: (pollables: unknown[]) => Uint32Array.from(pollables.keys()) },
    "wasi:io/streams": { InputStream, OutputStream },
    "wasi:random/random": { getRandomBytes: randomBytes, getRandomU64: randomU64 },
    "wasi:random/insecure": { getInsecureRandomBytes: randomBytes, getInsecureRandomU64: randomU64 },
    "wasi:random/insecure-seed": { insecureSeed: () => [randomU64(), randomU64()] },
  };
  return bare(Object.fromEntries(Object.entries(interfaces).map(([name, members]) => [name, bare(members)])));
}

/** The interfaces that every actor gets, without their version. */
export const HARMLESS_INTERFACES: ReadonlySet<string> = new Set(
  Object.keys(createWasi({ stdout: () => {}, stderr: () => {} })),
);
