/**
 * `wasi:io` for guests that wait: streams that are more than log lines, and pollables that become ready.
 *
 * It stands in the place of the harmless version, for all of the instance: its standard streams, and those of files, are
 * of the same classes.
 *
 * @module
 */

import type { Mount } from "../../sandbox/file_tree.ts";
import { createFiles } from "../../sandbox/files.ts";
import { bare } from "../../sandbox/resource.ts";
import type { WasiImports } from "../../sandbox/wasi.ts";
import type { Imports } from "./resources.ts";

/** Something that is waited for. */
export interface Awaited {
  readonly promise: Promise<unknown>;
  /** Nobody waits any more. */
  cancel?(): void;
}

/** What a pollable stands for. Called with guest code inside only. */
export interface Pollable {
  /** Whether it is there. */
  ready(): boolean;
  /** Settles when that may have changed. Called while it is not ready. */
  settled(): Awaited;
}

/** What an input stream reads from. */
export interface Source extends Pollable {
  /** Bytes, none where there are none yet. Throws a {@linkcode StreamError}. */
  read(most: number): Uint8Array;
}

/** What an output stream writes to. */
export interface Sink extends Pollable {
  /** How many bytes it takes now. Throws a {@linkcode StreamError}. */
  permitted(): number;
  /** Takes bytes, as many as it says at most. Throws a {@linkcode StreamError}. */
  write(bytes: Uint8Array): void;
  /** What it took is on its way; nothing while that is so. */
  flushed(): Awaited | undefined;
}

/** What is wrong with a stream. */
export interface IoFailure {
  readonly text: string;
  /** What `wasi:http` calls it. */
  readonly http?: object;
}

/** An error of the interface, as the glue expects it. */
export type StreamError = { readonly tag: "closed" } | {
  readonly tag: "last-operation-failed";
  readonly val: object;
};

/** The classes and functions of `wasi:io` for one instance. */
export interface Io {
  readonly imports: WasiImports;
  makePollable(pollable: Pollable): object;
  makeInput(source: Source): object;
  makeOutput(sink: Sink): object;
  /** An error of a stream, for guests. */
  failed(failure: IoFailure): StreamError;
  /** What is behind an error of a stream that the guest has. */
  failureOf(error: object): IoFailure;
}

/** Bytes that are read at once. */
const READ_BYTES = 64 * 1024;
/** Bytes that the standard streams take at once, and zeroes that are written at once. */
const WRITE_BYTES = 64 * 1024;
/** The longest that a timer of JavaScript can be, in milliseconds. */
const LONGEST_MS = 2 ** 31 - 1;
const NANOSECONDS = 1_000_000n;
const NOTHING: Awaited = { promise: Promise.resolve() };

/** What it stands on. */
export interface IoOptions {
  /** The harmless version. */
  readonly wasi: WasiImports;
  /** Files that can be read. */
  readonly mounts: readonly Mount[];
}

/** Makes them. */
export function createIo(calls: Imports, { wasi, mounts }: IoOptions): Io {
  const until = async (pollables: readonly Pollable[]) => {
    const awaited = pollables.map((pollable) => pollable.settled());
    await calls.wait(Promise.race(awaited.map(({ promise }) => promise)));
    for (const { cancel } of awaited) cancel?.();
  };
  const untilReady = async (pollable: Pollable) => {
    while (!pollable.ready()) await until([pollable]);
  };
  const pollables = calls.define<Pollable>({
    methods: { ready: (pollable) => pollable.ready() },
    waiting: { block: untilReady },
  });
  const errors = calls.define<IoFailure>({ methods: { toDebugString: ({ text }) => text } });
  const poll = async (listed: object[]) => {
    const all = listed.map(pollables.of);
    if (all.length === 0) throw new TypeError("a poll of nothing");
    for (;;) {
      const ready = [...all.keys()].filter((at) => all[at]?.ready());
      if (ready.length > 0) return Uint32Array.from(ready);
      await until(all);
    }
  };
  const inputs = inputStreams(calls, untilReady, pollables.make);
  const outputs = outputStreams(calls, { untilReady, makePollable: pollables.make, sourceOf: inputs.of });
  const standard = (write: (bytes: Uint8Array) => void) => outputs.make(logSink(write));
  const { stdout, stderr } = standardWrites(wasi);
  const imports = {
    "wasi:io/error": bare({ Error: errors.Class }),
    "wasi:io/poll": bare({ Pollable: pollables.Class, poll: calls.waiting(poll) }),
    "wasi:io/streams": bare({ InputStream: inputs.Class, OutputStream: outputs.Class }),
    "wasi:cli/stdin": bare({ getStdin: () => inputs.make(EMPTY) }),
    "wasi:cli/stdout": bare({ getStdout: () => standard(stdout) }),
    "wasi:cli/stderr": bare({ getStderr: () => standard(stderr) }),
    "wasi:clocks/monotonic-clock": clock(wasi, pollables.make),
    ...createFiles({ mounts, stream: (bytes) => inputs.make(bytesThere(bytes)) }),
  };
  return {
    imports,
    makePollable: pollables.make,
    makeInput: inputs.make,
    makeOutput: outputs.make,
    failed: (failure) => ({ tag: "last-operation-failed", val: errors.make(failure) }),
    failureOf: errors.of,
  };
}

type UntilReady = (pollable: Pollable) => Promise<void>;
type Make = (pollable: Pollable) => object;

function inputStreams(calls: Imports, untilReady: UntilReady, makePollable: Make) {
  const read = (source: Source, length: bigint) => source.read(atMost(length, READ_BYTES));
  const skip = (source: Source, length: bigint) => BigInt(read(source, length).length);
  const ready = async (source: Source, length: bigint) => {
    if (length > 0n) await untilReady(source);
  };
  return calls.define<Source>({
    methods: { read, skip, subscribe: makePollable },
    waiting: {
      blockingRead: async (source: Source, length: bigint) => {
        await ready(source, length);
        return read(source, length);
      },
      blockingSkip: async (source: Source, length: bigint) => {
        await ready(source, length);
        return skip(source, length);
      },
    },
  });
}

function outputStreams(
  calls: Imports,
  { untilReady, makePollable, sourceOf }: {
    readonly untilReady: UntilReady;
    readonly makePollable: Make;
    readonly sourceOf: (object: object) => Source;
  },
) {
  const write = (sink: Sink, bytes: Uint8Array) => {
    if (bytes.length > sink.permitted()) throw new TypeError("more was written than the stream takes");
    if (bytes.length > 0) sink.write(bytes);
  };
  const zeroes = (length: bigint) => {
    if (length > WRITE_BYTES) throw new TypeError(`more than ${WRITE_BYTES} zeroes at once`);
    return new Uint8Array(Number(length));
  };
  const flush = async (sink: Sink) => {
    for (let on = sink.flushed(); on; on = sink.flushed()) await calls.wait(on.promise);
    sink.permitted();
  };
  const writeAll = async (sink: Sink, bytes: Uint8Array) => {
    for (let at = 0; at < bytes.length;) {
      await untilReady(sink);
      const part = bytes.slice(at, at + sink.permitted());
      sink.write(part);
      at += part.length;
    }
    await flush(sink);
  };
  const splice = (sink: Sink, from: object, length: bigint) => {
    const bytes = sourceOf(from).read(atMost(length, Math.min(sink.permitted(), READ_BYTES)));
    if (bytes.length > 0) sink.write(bytes);
    return BigInt(bytes.length);
  };
  return calls.define<Sink>({
    methods: {
      checkWrite: (sink) => BigInt(sink.permitted()),
      write,
      writeZeroes: (sink: Sink, length: bigint) => write(sink, zeroes(length)),
      flush: (sink) => void sink.permitted(),
      subscribe: makePollable,
      splice,
    },
    waiting: {
      blockingFlush: flush,
      blockingWriteAndFlush: writeAll,
      blockingWriteZeroesAndFlush: (sink: Sink, length: bigint) => writeAll(sink, zeroes(length)),
      blockingSplice: async (sink: Sink, from: object, length: bigint) => {
        await untilReady(sink);
        if (length > 0n) await untilReady(sourceOf(from));
        return splice(sink, from, length);
      },
    },
  });
}

function atMost(length: bigint, most: number): number {
  return length > BigInt(most) ? most : Number(length);
}

/** What is there from the beginning. */
export const ALWAYS: Pollable = { ready: () => true, settled: () => NOTHING };

/** What is at its end. */
const EMPTY: Source = {
  ...ALWAYS,
  read() {
    throw { tag: "closed" } satisfies StreamError;
  },
};

/** Bytes that are there. */
function bytesThere(left: Uint8Array): Source {
  return {
    ...ALWAYS,
    read(most) {
      if (left.length === 0) throw { tag: "closed" } satisfies StreamError;
      const part = left.slice(0, most);
      left = left.subarray(part.length);
      return part;
    },
  };
}

function logSink(write: (bytes: Uint8Array) => void): Sink {
  return { ...ALWAYS, permitted: () => WRITE_BYTES, write, flushed: () => undefined };
}

/** What the harmless version does with what is written. */
function standardWrites(wasi: WasiImports) {
  const of = (name: string, get: string) => {
    const stream = (wasi[name]?.[get] as () => { write(bytes: Uint8Array): void })();
    return (bytes: Uint8Array) => stream.write(bytes);
  };
  return { stdout: of("wasi:cli/stdout", "getStdout"), stderr: of("wasi:cli/stderr", "getStderr") };
}

/** The clock of the harmless version, with timers that can be waited for; they go in the steps of that clock. */
function clock(wasi: WasiImports, makePollable: Make): Record<string, unknown> {
  const harmless = wasi["wasi:clocks/monotonic-clock"] as Record<string, unknown>;
  const now = harmless["now"] as () => bigint;
  const timer = (when: bigint): Pollable => ({
    ready: () => now() >= when,
    settled() {
      const { promise, resolve } = Promise.withResolvers<void>();
      const left = Number((when - now() + NANOSECONDS - 1n) / NANOSECONDS);
      const id = setTimeout(resolve, Math.min(left, LONGEST_MS));
      return { promise, cancel: () => clearTimeout(id) };
    },
  });
  return bare({
    ...harmless,
    subscribeInstant: (when: bigint) => makePollable(timer(when)),
    subscribeDuration: (length: bigint) => makePollable(timer(now() + length)),
  });
}
