/**
 * One sandbox with its component, from the host's side: envelopes go in and results come out, in the same order. Nothing
 * that it says is believed.
 *
 * @module
 */

import type { Envelope } from "../envelope.ts";
import type { HopResult } from "../hop.ts";
import { boundMemory, residentBytes, type Sandbox, spawnSandbox } from "../sandbox/spawn.ts";
import { longestText } from "./allowance.ts";
import { Session, type SessionHooks } from "./session.ts";
import { decodeText, joined } from "./wire/bytes.ts";
import { CALL_OVERHEAD_BYTES } from "./wire/call.ts";
import { FAILURE_BYTES } from "./wire/failure.ts";
import { encodeFrame, type Frame, FrameDecoder, FrameError, FrameType } from "./wire/frames.ts";
import { encodeHandle } from "./wire/handle.ts";
import { encodeLoad, type Load, type LoadSettings } from "./wire/load.ts";

/** A hop that is to be run. */
export interface Job {
  readonly envelope: Envelope;
  readonly resolve: (result: HopResult) => void;
  readonly reject: (error: unknown) => void;
  /** How often a sandbox was ended under it without its being to blame. */
  bystander: number;
  /** How often a sandbox ended by itself while guest code was in it. */
  deaths: number;
}

/** What a hop can be to blame for. */
export type Fault = "timeout" | "memory" | "violation" | "died";

/** How a sandbox came to its end. */
export interface End {
  /** `not-ready`: it did not get that far. `stalled`: it did not even begin with what it was given. */
  readonly cause: Fault | "stalled" | "not-ready" | "closed";
  readonly detail: string;
  /** The hop that guest code was in, when the cause is a fault. */
  readonly blamed: { readonly job: Job; readonly fault: Fault } | undefined;
  /** Our own code ran in it: what went wrong after that has to do with the component, unless it was killed. */
  readonly begun: boolean;
  /** It ended by itself, or somebody else has ended it. */
  readonly died: boolean;
  /** Guest code was in the making of an instance that no hop needed yet. */
  readonly ahead: boolean;
  /** What it had been given and had not begun. */
  readonly bystanders: readonly Job[];
}

/** What a sandbox is started with. */
export interface SandboxedOptions {
  /** Path of the bundled code of the sandbox. */
  readonly script: string;
  readonly load: Load;
  /** Run with the baseline compiler only. */
  readonly baselineOnly: boolean;
  readonly hooks: SessionHooks;
  /** The component stands ready. */
  readonly onReady: (sandboxed: Sandboxed) => void;
  /** A hop is done. */
  readonly onDone: (sandboxed: Sandboxed) => void;
  /** It has ended. Called once, in any case. */
  readonly onEnd: (sandboxed: Sandboxed, end: End) => void;
}

/**
 * How long a sandbox may take to begin with what it was given: to compile a component, or to enter the next hop, in
 * milliseconds. Guest code has the actor's own limit.
 */
const STALL_MS = 20_000;
/** How often time and memory are looked at while guest code may run, in milliseconds. */
const WATCH_MS = 20;
/**
 * What a sandbox may have resident: the engine and code, and three times the memory of an actor, for the instance in use,
 * one made ahead, and one not collected yet.
 */
const RESIDENT = { engineBytes: 512 * 1024 * 1024, instances: 3 };
/** How much more than may be resident the kernel lets it have: below that, the reason can be named. */
const KERNEL_MARGIN_BYTES = 512 * 1024 * 1024;
/** It is given no more while this much is on its way or waits in it. */
const CREDIT = { hops: 64, bytes: 4 * 1024 * 1024 };
/** Longest reason that a sandbox may tell, in bytes. */
const REASON_BYTES = 64 * 1024;
const PAGE_BYTES = 65_536;

interface Given {
  readonly job: Job;
  readonly session: Session;
  readonly bytes: number;
}

/** A running sandbox. */
export class Sandboxed {
  readonly #options: SandboxedOptions;
  readonly #settings: LoadSettings;
  readonly #process: Sandbox;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #given: Given[] = [];
  #givenBytes = 0;
  #sequence = 0;
  readonly #unsent: Uint8Array<ArrayBuffer>[] = [];
  #loaded: Promise<void> | undefined;
  #state: "starting" | "loading" | "ready" | "ended" = "starting";
  /** Where guest code is, as far as the sandbox has said. */
  #inside: Session | "no hop" | undefined;
  /** Whether it may make an instance that no hop needs: once after each hop, or it could keep the host busy for ever. */
  #mayPrepare = false;
  /** When it was last seen to get on. */
  #since = performance.now();
  /** The `#since` that was found to be too long ago. */
  #late: number | undefined;
  #watch: ReturnType<typeof setInterval> | undefined;
  /** Resolves when the process has ended and everything that it said was read. */
  readonly ended: Promise<void>;

  /** Starts the process. @throws what the system throws when it cannot. */
  constructor(options: SandboxedOptions) {
    const { glue: _glue, modules: _modules, ...settings } = options.load;
    const pages = Math.max(1, Math.floor(settings.limits.memoryBytes / PAGE_BYTES));
    this.#options = options;
    this.#settings = settings;
    this.#process = spawnSandbox(options.script, {
      v8Flags: [
        "--expose-gc",
        `--wasm-max-mem-pages=${pages}`,
        ...(options.baselineOnly ? ["--liftoff-only"] : []),
      ],
    });
    this.#writer = this.#process.stdin.getWriter();
    this.#progress();
    this.ended = this.#read();
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** Whether it has not come to its end. */
  get running(): boolean {
    return this.#state !== "ended";
  }

  /** Whether it can be given hops. */
  get ready(): boolean {
    return this.#state === "ready";
  }

  /** Hops in it. */
  get size(): number {
    return this.#given.length;
  }

  /** Whether it has been given as much as it may have at once. */
  get full(): boolean {
    return this.#given.length >= CREDIT.hops || this.#givenBytes >= CREDIT.bytes;
  }

  /** Gives it a hop. Only while it is ready. */
  give(job: Job): void {
    const session = new Session(job.envelope, this.#settings, this.#options.hooks);
    const parts = encodeHandle(job.envelope, job.envelope.payload);
    const bytes = this.#send(FrameType.Handle, session.nonce, parts);
    if (this.#idle) this.#progress();
    this.#given.push({ job, session, bytes });
    this.#givenBytes += bytes;
  }

  /** Ends it at once. What it was given comes back as bystanders. Safe to call twice. */
  close(): void {
    this.#end("closed", "closed");
  }

  get #mostResident(): number {
    return RESIDENT.engineBytes + RESIDENT.instances * this.#settings.limits.memoryBytes;
  }

  get #idle(): boolean {
    return this.#state === "ready" && this.#given.length === 0 && this.#inside === undefined;
  }

  /**
   * Bounds the process, which has by now what the engine needs, and gives it the component, of which it has not seen
   * anything yet.
   */
  async #load(): Promise<void> {
    try {
      await boundMemory(this.pid, this.#mostResident + KERNEL_MARGIN_BYTES);
    } catch (error) {
      return this.#end("not-ready", `its memory cannot be bounded: ${describe(error)}`);
    }
    if (this.#state !== "ended") this.#send(FrameType.Load, 0n, encodeLoad(this.#options.load));
  }

  /** Sends a frame. Those of one turn of the event loop go together: a write costs more than a frame. */
  #send(type: number, nonce: bigint, parts: Uint8Array[]): number {
    const bytes = encodeFrame({ type, nonce, sequence: this.#sequence++ }, ...parts);
    if (this.#unsent.push(bytes) === 1) queueMicrotask(() => this.#flush());
    return bytes.length;
  }

  #flush(): void {
    const bytes = joined(this.#unsent.splice(0));
    // A sandbox that does not read does not get on either: its time runs out. One that has ended is seen to end.
    this.#writer.write(bytes).catch(() => {});
  }

  async #read(): Promise<void> {
    const longest = longestText(this.#settings.limits);
    const decoder = new FrameDecoder(
      new Map([
        [FrameType.Started, 0],
        [FrameType.Ready, 0],
        [FrameType.NotReady, REASON_BYTES],
        [FrameType.Entered, 0],
        [FrameType.Prepared, 0],
        // Strings in UTF-16 become longer when they are told in UTF-8.
        [FrameType.Call, 2 * longest + CALL_OVERHEAD_BYTES],
        [FrameType.Returned, this.#settings.limits.emittedBytes],
        [FrameType.ReturnedNone, 0],
        [FrameType.Failed, FAILURE_BYTES],
      ]),
    );
    try {
      for await (const chunk of this.#process.stdout) {
        for (const frame of decoder.push(chunk)) this.#take(frame);
        if (this.#state === "ended") break;
      }
    } catch (error) {
      // Anything else than a bad frame is a mistake of the host's own; the sandbox cannot go on after it either.
      if (error instanceof FrameError) this.#end("violation", error.message);
      else this.#end("died", `the host could not read what the sandbox said: ${describe(error)}`);
    }
    this.#process.kill();
    const [{ code, signal }, stderr] = await Promise.all([
      this.#process.ended,
      this.#process.stderr,
      this.#loaded,
    ]);
    const said = stderr.trim().split("\n", 1)[0];
    const how = signal ?? `exit code ${code}`;
    this.#end("died", `The sandbox ended by itself (${how})${said ? `: ${said}` : ""}`);
    // What it has not read goes nowhere any more.
    await this.#writer.abort().catch(() => {});
  }

  #take(frame: Frame): void {
    if (this.#state === "ended") return;
    switch (frame.type) {
      case FrameType.Started:
        if (this.#state !== "starting") throw new FrameError("started twice");
        this.#state = "loading";
        this.#loaded = this.#load();
        return;
      case FrameType.Entered:
        return this.#entered(frame.nonce);
      case FrameType.NotReady:
        if (this.#state !== "loading") throw new FrameError("not ready, after it was");
        return this.#end("not-ready", decodeText(frame.body));
      case FrameType.Ready:
        if (this.#state !== "loading" || this.#inside !== "no hop") throw new FrameError("ready out of turn");
        this.#state = "ready";
        this.#inside = undefined;
        this.#progress();
        return this.#options.onReady(this);
      case FrameType.Prepared:
        if (this.#state !== "ready" || this.#inside !== "no hop") {
          throw new FrameError("prepared out of turn");
        }
        this.#inside = undefined;
        return this.#progress();
      default:
        return this.#takeOfHop(frame);
    }
  }

  #entered(nonce: bigint): void {
    if (this.#state === "starting") throw new FrameError("entered before it was loaded");
    if (this.#inside !== undefined) throw new FrameError("entered twice");
    const next = this.#given[0]?.session;
    if (nonce === 0n && (this.#state === "loading" || this.#mayPrepare)) this.#inside = "no hop";
    else if (nonce === next?.nonce) this.#inside = next;
    else throw new FrameError("entered what was not its turn");
    this.#mayPrepare = false;
    this.#progress();
  }

  #takeOfHop(frame: Frame): void {
    const [first] = this.#given;
    if (!first || this.#inside !== first.session || frame.nonce !== first.session.nonce) {
      throw new FrameError(`type ${frame.type} for a hop that is not running`);
    }
    const result = first.session.take(frame);
    if (!result) return;
    this.#given.shift();
    this.#givenBytes -= first.bytes;
    this.#inside = undefined;
    this.#mayPrepare = this.#settings.ahead;
    this.#progress();
    first.job.resolve(result);
    this.#options.onDone(this);
  }

  /** It got on: its time starts anew. */
  #progress(): void {
    this.#since = performance.now();
    // It stops by itself when there is nothing to watch: hops come and go faster than timers are set.
    this.#watch ??= setInterval(() => this.#look(), WATCH_MS);
  }

  #look(): void {
    if (this.#idle) {
      clearInterval(this.#watch);
      this.#watch = undefined;
      return;
    }
    this.#lookAtMemory();
    this.#lookAtTime();
  }

  #lookAtMemory(): void {
    if ((residentBytes(this.pid) ?? 0) <= this.#mostResident) return;
    const { memoryBytes } = this.#settings.limits;
    const detail = `The actor's sandbox has more than ${this.#mostResident} bytes resident`;
    this.#end("memory", `${detail}, far more than ${memoryBytes} (limits.memory) account for`);
  }

  #lookAtTime(): void {
    const { timeoutMs } = this.#settings.limits;
    if (performance.now() - this.#since < (this.#inside === undefined ? STALL_MS : timeoutMs)) return;
    // Late at two looks: were it the host that was held up, what has come meanwhile is read in between.
    if (this.#late !== this.#since) this.#late = this.#since;
    else if (this.#inside === undefined) {
      this.#end("stalled", `The sandbox has not begun for ${STALL_MS} ms with what it was given`);
    } else this.#end("timeout", `The actor took more than ${timeoutMs} ms (limits.timeout)`);
  }

  #end(cause: End["cause"], detail: string): void {
    if (this.#state === "ended") return;
    const wasReady = this.#state === "ready";
    const begun = this.#state !== "starting";
    this.#state = "ended";
    clearInterval(this.#watch);
    this.#process.kill();
    const given = this.#given.splice(0);
    const fault = isFault(cause) && given[0] && this.#inside === given[0].session ? cause : undefined;
    const blamed = fault && given.shift();
    this.#options.onEnd(this, {
      cause: wasReady || cause === "closed" ? cause : "not-ready",
      detail,
      blamed: fault && blamed && { job: blamed.job, fault },
      begun,
      died: cause === "died",
      ahead: wasReady && this.#inside === "no hop",
      bystanders: given.map(({ job }) => job),
    });
  }
}

function isFault(cause: End["cause"]): cause is Fault {
  return ["timeout", "memory", "violation", "died"].includes(cause);
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
