/**
 * The WASI that every actor gets: it can do nothing. What toolchains always import is there, in its harmless version: an
 * empty environment, an empty file system, no terminal, a coarse clock, random numbers, and stdio that becomes log lines.
 *
 * Serves every 0.2.x, as glue names interfaces without their version. Runs inside of the sandbox: no imports but types,
 * no Deno.
 *
 * @module
 */

/** What the harmless version lets out. */
export interface WasiHooks {
  /** What the guest wrote. */
  readonly stdout: (bytes: Uint8Array) => void;
  readonly stderr: (bytes: Uint8Array) => void;
}

/** Import objects by interface, as jco's glue takes them. */
export type WasiImports = Record<string, Record<string, unknown>>;

/** What a guest's call to `exit` throws. */
export class GuestExit extends Error {
  override readonly name = "GuestExit";
}

/** Step of every clock, in milliseconds: too coarse to time anything by. */
export const CLOCK_STEP_MS = 100;

type Callable = (...args: never[]) => unknown;

/** An object that answers its own names only, and a class that does the same. */
function bare<T extends object>(members: T): T {
  return Object.freeze(Object.assign(Object.create(null), members));
}

function resource(methods: Record<string, Callable> = {}): unknown {
  const Resource = class {};
  const prototype = Resource.prototype as unknown as Record<string, unknown>;
  Reflect.deleteProperty(prototype, "constructor");
  Object.setPrototypeOf(prototype, null);
  for (const [name, method] of Object.entries(methods)) prototype[name] = method;
  Object.freeze(prototype);
  return Resource;
}

const denied = (what: string): Callable => () => {
  throw new GuestExit(`${what} is not there for this actor`);
};

/** The coarse time in milliseconds. */
function coarse(now: number): number {
  return Math.floor(now / CLOCK_STEP_MS) * CLOCK_STEP_MS;
}

function randomBytes(length: bigint): Uint8Array {
  const bytes = new Uint8Array(Number(length));
  for (let at = 0; at < bytes.length; at += 65536) crypto.getRandomValues(bytes.subarray(at, at + 65536));
  return bytes;
}

function randomU64(): bigint {
  return crypto.getRandomValues(new BigUint64Array(1))[0] as bigint;
}

/** Largest write that a stream takes at once. */
const WRITE_BYTES = 65536n;

/**
 * Makes the imports of one instance. Make them anew for each: nothing of one guest stays in another's.
 */
export function createWasi({ stdout, stderr }: WasiHooks): WasiImports {
  const closed = () => {
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
  }) as new () => object;
  const InputStream = resource({
    read: closed,
    blockingRead: closed,
    skip: closed,
    blockingSkip: closed,
    subscribe: () => new Pollable(),
  }) as new () => object;
  const Pollable = resource({ ready: () => true, block: () => {} }) as new () => object;
  const IoError = resource({ toDebugString: () => "" });
  const sinkStream = (sink: (bytes: Uint8Array) => void) => Object.assign(new OutputStream(), { sink });
  const started = Date.now();
  const monotonic = () => BigInt(coarse(Date.now() - started)) * 1_000_000n;
  const wall = () => {
    const now = coarse(Date.now());
    return { seconds: BigInt(Math.floor(now / 1000)), nanoseconds: (now % 1000) * 1_000_000 };
  };
  const resolution = BigInt(CLOCK_STEP_MS) * 1_000_000n;
  const noFile = (): never => {
    throw "no-entry";
  };
  const interfaces: WasiImports = {
    "wasi:cli/environment": { getEnvironment: () => [], getArguments: () => [], initialCwd: () => undefined },
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
      resolution: () => ({ seconds: 0n, nanoseconds: CLOCK_STEP_MS * 1_000_000 }),
    },
    "wasi:filesystem/preopens": { getDirectories: () => [] },
    "wasi:filesystem/types": {
      Descriptor: resource(Object.fromEntries(DESCRIPTOR_METHODS.map((name) => [name, noFile]))),
      DirectoryEntryStream: resource({ readDirectoryEntry: () => undefined }),
      filesystemErrorCode: () => undefined,
    },
    "wasi:io/error": { Error: IoError },
    "wasi:io/poll": { Pollable, poll: (pollables: unknown[]) => Uint32Array.from(pollables.keys()) },
    "wasi:io/streams": { InputStream, OutputStream },
    "wasi:random/random": { getRandomBytes: randomBytes, getRandomU64: randomU64 },
    "wasi:random/insecure": { getInsecureRandomBytes: randomBytes, getInsecureRandomU64: randomU64 },
    "wasi:random/insecure-seed": { insecureSeed: () => [randomU64(), randomU64()] },
  };
  return bare(Object.fromEntries(Object.entries(interfaces).map(([name, members]) => [name, bare(members)])));
}

/** Methods of a file: there is none to call them on, but glue wants them to exist. */
const DESCRIPTOR_METHODS = [
  "readViaStream",
  "writeViaStream",
  "appendViaStream",
  "advise",
  "syncData",
  "getFlags",
  "getType",
  "setSize",
  "setTimes",
  "read",
  "write",
  "readDirectory",
  "sync",
  "createDirectoryAt",
  "stat",
  "statAt",
  "setTimesAt",
  "linkAt",
  "openAt",
  "readlinkAt",
  "removeDirectoryAt",
  "renameAt",
  "symlinkAt",
  "unlinkFileAt",
  "isSameObject",
  "metadataHash",
  "metadataHashAt",
];

/** The interfaces that every actor gets, without their version. */
export const HARMLESS_INTERFACES: ReadonlySet<string> = new Set(
  Object.keys(createWasi({ stdout: () => {}, stderr: () => {} })),
);
