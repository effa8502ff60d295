/**
 * One sandbox with its component: envelopes go in and results come out, in the same order.
 *
 * @module
 */

import type { Envelope } from "../envelope.ts";
import { TroupeError } from "../errors.ts";
import type { HopResult } from "../hop.ts";
import { boundMemory, residentBytes, type Sandbox, spawnSandbox } from "../sandbox/spawn.ts";
import { encodeHandle, encodeLoad, FAILURE_BYTES, type Load, type LoadSettings, text } from "./bodies.ts";
import { encodeFrame, type Frame, FrameDecoder, FrameError, FrameType } from "./frames.ts";
import { Session, type SessionHooks } from "./session.ts";

/** A hop that was given to a sandbox. */
export interface Job {
  readonly envelope: Envelope;
  readonly resolve: (result: HopResult) => void;
  readonly reject: (error: unknown) => void;
  /** How often a sandbox was ended under it without its being to blame. */
  bystander: number;
  /** How often a sandbox ended by itself while it was being handled. */
  deaths: number;
}

/**
 * How a sandbox came to its end. `blamed` is the hop that guest code was in; `bystanders` had been given to it and were
 * not begun.
 */
export interface End {
  readonly cause: "timeout" | "memory" | "violation" | "died" | "closed";
  readonly detail: string;
  readonly blamed: Job | undefined;
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
  /** Called once, when it has ended after having been ready. */
  readonly onEnd: (sandboxed: Sandboxed, end: End) => void;
  /** A hop is done. */
  readonly onDone: (sandboxed: Sandboxed) => void;
}

/** A sandbox did not become ready. */
export class NotReadyError extends TroupeError {
  constructor(detail: string) {
    super("troupe.ComponentStart", "user", `The component cannot be instantiated: ${detail}`);
  }
}

/** How long loading a component may take, its start functions included, in milliseconds. */
const LOAD_MS = 20_000;
/** How often memory is looked at while guest code runs, in milliseconds. */
const WATCH_MEMORY_MS = 20;
/**
 * What a sandbox may have resident besides the memory that its actor may have: the engine, code, and instances that are
 * not collected yet.
 */
const OVERHEAD_BYTES = 768 * 1024 * 1024;
/** How much more than may be resident the kernel lets it have: below that, the reason can be named. */
const KERNEL_MARGIN_BYTES = 512 * 1024 * 1024;
const PAGE_BYTES = 65_536;

/** A running sandbox. */
export class Sandboxed {
  readonly #options: SandboxedOptions;
  readonly #settings: LoadSettings;
  readonly #process: Sandbox;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #jobs: { readonly job: Job; readonly nonce: number; readonly session: Session }[] = [];
  #sequence = 0;
  #state: "loading" | "ready" | "ended" = "loading";
  #onReady: { resolve: () => void; reject: (error: unknown) => void } | undefined;
  /** When the guest code of the first hop was entered. */
  #enteredAt = 0;
  #deadline: ReturnType<typeof setTimeout> | undefined;
  #memoryWatch: ReturnType<typeof setInterval> | undefined;
  /** Resolves when the process has ended and everything it said was read. */
  readonly ended: Promise<void>;

  private constructor(options: SandboxedOptions) {
    const { memoryBytes } = options.load.limits;
    this.#options = options;
    const { glue: _glue, modules: _modules, ...settings } = options.load;
    this.#settings = settings;
    this.#process = spawnSandbox(options.script, {
      v8Flags: [
        "--expose-gc",
        `--wasm-max-mem-pages=${Math.max(1, Math.floor(memoryBytes / PAGE_BYTES))}`,
        ...(options.baselineOnly ? ["--liftoff-only"] : []),
      ],
    });
    this.#writer = this.#process.stdin.getWriter();
    this.ended = this.#read();
  }

  /**
   * Starts a sandbox and loads its component.
   *
   * @throws {NotReadyError} when the component cannot be instantiated, within its bounds.
   */
  static async start(options: SandboxedOptions): Promise<Sandboxed> {
    const sandboxed = new Sandboxed(options);
    await sandboxed.#load();
    return sandboxed;
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** Hops in it. */
  get size(): number {
    return this.#jobs.length;
  }

  /** Gives it a hop. Only while it is ready. */
  give(job: Job): void {
    const nonce = Math.floor(Math.random() * 2 ** 21) * 2 ** 32 +
      (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0);
    const session = new Session(job.envelope, this.#settings, this.#options.hooks);
    this.#jobs.push({ job, nonce, session });
    this.#send(
      FrameType.Handle,
      nonce,
      encodeHandle({ source: job.envelope, payload: job.envelope.payload }),
    );
    if (this.#jobs.length === 1) this.#enter();
  }

  /** Ends it. What it was given comes back as bystanders. */
  close(): void {
    this.#end("closed", "");
  }

  async #load(): Promise<void> {
    const ready = new Promise<void>((resolve, reject) => this.#onReady = { resolve, reject });
    const deadline = setTimeout(() => {
      this.#notReady(`it took more than ${LOAD_MS / 1000} s`);
    }, LOAD_MS);
    const { memoryBytes } = this.#settings.limits;
    // Bounded before it gets to see the component.
    await boundMemory(this.#process.pid, memoryBytes + OVERHEAD_BYTES + KERNEL_MARGIN_BYTES);
    this.#send(FrameType.Load, 0, encodeLoad(this.#options.load));
    try {
      await ready;
    } finally {
      clearTimeout(deadline);
    }
  }

  #notReady(detail: string): void {
    if (this.#state !== "loading") return;
    this.#state = "ended";
    this.#process.kill();
    this.#onReady?.reject(new NotReadyError(detail));
  }

  #send(type: number, nonce: number, parts: Uint8Array[]): void {
    const bytes = encodeFrame({ type, nonce, sequence: this.#sequence++ }, ...parts);
    // A sandbox that does not read is one that does not answer: its deadline or its end deals with that.
    this.#writer.write(bytes).catch(() => {});
  }

  async #read(): Promise<void> {
    const decoder = new FrameDecoder(
      new Map([
        [FrameType.Ready, 0],
        [FrameType.NotReady, 64 * 1024],
        [FrameType.Call, this.#settings.limits.emittedBytes * 3 + 128 * 1024],
        [FrameType.Returned, this.#settings.limits.emittedBytes * 3],
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
      if (!(error instanceof FrameError)) throw error;
      this.#end("violation", error.message);
    }
    this.#process.kill();
    const [{ code, signal }, stderr] = await Promise.all([this.#process.ended, this.#process.stderr]);
    const said = stderr.trim().split("\n")[0] ?? "";
    this.#end(
      "died",
      `the sandbox ended by itself (${signal ?? `exit code ${code}`})${said ? `: ${said}` : ""}`,
    );
    this.#writer.releaseLock();
    await this.#process.stdin.abort().catch(() => {});
  }

  #take(frame: Frame): void {
    if (this.#state === "ended") return;
    if (this.#state === "loading") {
      if (frame.type === FrameType.NotReady) return this.#notReady(text(frame.body));
      if (frame.type !== FrameType.Ready) throw new FrameError(`type ${frame.type} before it was ready`);
      this.#state = "ready";
      return this.#onReady?.resolve();
    }
    // One after another: only the first hop has anything to say.
    const first = this.#jobs[0];
    if (!first || frame.nonce !== first.nonce) throw new FrameError("a hop that is not running");
    const result = first.session.take(frame);
    if (!result) return;
    this.#jobs.shift();
    this.#leave();
    if (this.#jobs.length > 0) this.#enter();
    first.job.resolve(result);
    this.#options.onDone(this);
  }

  /** Guest code of the first hop is entered now: its clock runs. */
  #enter(): void {
    this.#enteredAt = performance.now();
    // One timer for many hops: it is set anew when it fires, not for each.
    this.#deadline ??= setTimeout(() => this.#checkDeadline(), this.#settings.limits.timeoutMs);
    this.#memoryWatch ??= setInterval(() => this.#checkMemory(), WATCH_MEMORY_MS);
  }

  #leave(): void {
    if (this.#jobs.length > 0) return;
    clearTimeout(this.#deadline);
    clearInterval(this.#memoryWatch);
    this.#deadline = this.#memoryWatch = undefined;
  }

  #checkDeadline(): void {
    const { timeoutMs } = this.#settings.limits;
    const left = this.#enteredAt + timeoutMs - performance.now();
    if (left > 0) this.#deadline = setTimeout(() => this.#checkDeadline(), left);
    else this.#end("timeout", `The actor took more than ${timeoutMs} ms (limits.timeout)`);
  }

  #checkMemory(): void {
    const limit = this.#settings.limits.memoryBytes + OVERHEAD_BYTES;
    if ((residentBytes(this.pid) ?? 0) > limit) {
      this.#end("memory", `The actor's sandbox has more than ${limit} bytes of memory resident`);
    }
  }

  #end(cause: End["cause"], detail: string): void {
    if (this.#state === "loading") return this.#notReady(detail);
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.#process.kill();
    const jobs = this.#jobs.splice(0).map(({ job }) => job);
    this.#leave();
    const blamed = cause === "closed" ? undefined : jobs.shift();
    this.#options.onEnd(this, { cause, detail, blamed, bystanders: jobs });
  }
}
