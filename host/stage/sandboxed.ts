/**
 * One sandbox with its component, from the host's side: envelopes go in and results come out. Nothing that it says is
 * believed.
 *
 * @module
 */

import type { Layer } from "../sandbox/hardening/layers.ts";
import { readReport } from "../sandbox/hardening/report.ts";
import { boundMemory, cpuMs, residentBytes, type Sandbox, spawnSandbox } from "../sandbox/spawn.ts";
import { type End, isFault } from "./end.ts";
import { type Given, Hops, type Job } from "./hops.ts";
import { IdleWatch } from "./idle_watch.ts";
import { Outbox } from "./outbox.ts";
import { mostResident } from "./resident.ts";
import { type AskHooks, Session, type SessionHooks } from "./session.ts";
import { type Answer, decodeAsk, encodeAnswer } from "./wire/ask.ts";
import { decodeText } from "./wire/bytes.ts";
import { type Frame, FrameDecoder, FrameError, FrameType } from "./wire/frames.ts";
import { encodeHandle } from "./wire/handle.ts";
import { frameMaxima } from "./wire/maxima.ts";
import { encodeLoad, type Load, type LoadSettings } from "./wire/load.ts";

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
/** How long the first instance may take to be made, at least, in milliseconds. */
const LOADING_MS = 5_000;
/** How often time and memory are looked at while guest code may run, in milliseconds. */
const WATCH_MS = 20;
/** After how many milliseconds is looked again at a hop that was found to be late. */
const SECOND_LOOK_MS = 2;
/** How much more than may be resident the kernel lets it have: below that, the reason can be named. */
const KERNEL_MARGIN_BYTES = 512 * 1024 * 1024;
/** It is given no more while this much is on its way or waits in it. */
const CREDIT = { hops: 64, bytes: 4 * 1024 * 1024 };
const PAGE_BYTES = 65_536;
/** What a hop that takes too long has failed with. */
export const TIMEOUT = "troupe.Timeout";

/** A running sandbox. */
export class Sandboxed {
  readonly #options: SandboxedOptions;
  readonly #settings: LoadSettings;
  readonly #process: Sandbox;
  readonly #outbox: Outbox;
  readonly #hops = new Hops();
  readonly #mostResident: number;
  #layers: readonly Layer[] = [];
  #loaded: Promise<void> | undefined;
  #state: "starting" | "loading" | "ready" | "ended" = "starting";
  /**
   * Whether it may make an instance that no hop needs: once after each stretch of a hop, or it could keep the host busy for
   * ever.
   */
  #mayPrepare = false;
  readonly #idleWatch = new IdleWatch({
    cpuMs: () => cpuMs(this.pid),
    onBusy: () => this.#end("stalled", "The sandbox has nothing to do, and goes on using the processor"),
  });
  /** When it was last seen to get on. */
  #since = performance.now();
  /** The `#since` that was found to be too long ago. */
  #late: number | undefined;
  #watch: ReturnType<typeof setInterval> | undefined;
  /** Resolves when the process has ended and everything that it said was read. */
  readonly ended: Promise<void>;

  /** Starts the process. @throws what the system throws when it cannot. */
  constructor(options: SandboxedOptions) {
    const { glue: _glue, modules: _modules, files: _files, ...settings } = options.load;
    const pages = Math.max(1, Math.floor(settings.limits.memoryBytes / PAGE_BYTES));
    this.#options = options;
    this.#settings = settings;
    this.#mostResident = mostResident(settings);
    this.#process = spawnSandbox(options.script, {
      hardens: true,
      v8Flags: [
        "--expose-gc",
        `--wasm-max-mem-pages=${pages}`,
        ...(options.baselineOnly ? ["--liftoff-only"] : []),
      ],
    });
    this.#outbox = new Outbox(this.#process.stdin);
    this.#progress();
    this.ended = this.#read();
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** The layers around it, once it has started. */
  get layers(): readonly Layer[] {
    return this.#layers;
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
    return this.#hops.size;
  }

  /** Whether it has been given as much as it may have at once. */
  get full(): boolean {
    const { blocking, limits } = this.#settings;
    const hops = blocking ? Math.min(CREDIT.hops, limits.concurrency) : CREDIT.hops;
    return this.#hops.size >= hops || this.#hops.bytes >= CREDIT.bytes;
  }

  /** Gives it a hop. Only while it is ready. */
  give(job: Job): void {
    const session = new Session(job.envelope, this.#settings, this.#options.hooks);
    const parts = encodeHandle(job.envelope, job.envelope.payload);
    const bytes = this.#outbox.send(FrameType.Handle, session.nonce, parts);
    if (this.#idle) this.#progress();
    this.#hops.add({ job, session, bytes, cpuMs: 0 });
  }

  /** Ends it at once. What it was given comes back as bystanders. Safe to call twice. */
  close(): void {
    this.#end("closed", "closed");
  }

  get #idle(): boolean {
    return this.#state === "ready" && this.#hops.size === 0 && this.#hops.inside === undefined;
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
    if (this.#state !== "ended") this.#outbox.send(FrameType.Load, 0n, encodeLoad(this.#options.load));
  }

  async #read(): Promise<void> {
    const decoder = new FrameDecoder(frameMaxima(this.#settings.limits));
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
    await this.#outbox.abort();
  }

  #take(frame: Frame): void {
    if (this.#state === "ended") return;
    switch (frame.type) {
      case FrameType.Started:
        if (this.#state !== "starting") throw new FrameError("started twice");
        this.#report(frame.body);
        this.#state = "loading";
        this.#loaded = this.#load();
        return;
      case FrameType.Entered:
        return this.#entered(frame.nonce);
      case FrameType.NotReady:
        if (this.#state !== "loading") throw new FrameError("not ready, after it was");
        return this.#end("not-ready", decodeText(frame.body));
      case FrameType.Ready:
        if (this.#state !== "loading" || this.#hops.inside !== "no hop") {
          throw new FrameError("ready out of turn");
        }
        this.#state = "ready";
        this.#hops.leave();
        this.#progress();
        return this.#options.onReady(this);
      case FrameType.Prepared:
        if (this.#state !== "ready" || this.#hops.inside !== "no hop") {
          throw new FrameError("prepared out of turn");
        }
        this.#hops.leave();
        return this.#progress();
      case FrameType.Abandoned:
        return this.#abandoned(frame.nonce);
      default:
        return this.#takeOfHop(frame);
    }
  }

  #report(body: Uint8Array): void {
    const layers = readReport(body, this.#process.launched);
    if (!layers) throw new FrameError("its report of the layers around it cannot be read");
    this.#layers = layers;
  }

  #entered(nonce: bigint): void {
    if (this.#state === "starting") throw new FrameError("entered before it was loaded");
    if (nonce !== 0n) this.#hops.enter(nonce);
    else if (this.#state === "loading" || this.#mayPrepare) this.#hops.enterNone();
    else throw new FrameError("entered what was not its turn");
    this.#mayPrepare = false;
    this.#progress();
  }

  #takeOfHop(frame: Frame): void {
    const given = this.#hops.running(frame.nonce, frame.type);
    if (frame.type === FrameType.Waiting) {
      if (!this.#settings.blocking) throw new FrameError("it waits, and has nothing to wait for");
      this.#hops.leave();
      this.#mayPrepare = this.#settings.ahead;
      return this.#progress();
    }
    if (given.abandoned) return this.#takeOfAbandoned(given, frame.type);
    if (frame.type === FrameType.Ask) return given.session.ask(decodeAsk(frame.body), this.#asks);
    const result = given.session.take(frame);
    if (!result) return;
    this.#over(given);
    given.job.resolve(result);
    this.#options.onDone(this);
  }

  #over(given: Given): void {
    this.#hops.remove(given);
    this.#mayPrepare = this.#settings.ahead;
    this.#progress();
  }

  readonly #asks: AskHooks = {
    onAnswer: (nonce: bigint, answer: Answer) => {
      if (this.#hops.live(nonce)) this.#outbox.send(FrameType.Answer, nonce, encodeAnswer(answer));
    },
    onTrouble: (nonce: bigint, error: unknown) => {
      const given = this.#hops.live(nonce);
      if (!given) return;
      if (error instanceof FrameError) return this.#end("violation", error.message, given);
      this.#abandon(given);
      given.job.reject(error);
    },
  };

  /** A hop is over for the host; the sandbox is told to forget it. */
  #abandon(given: Given): void {
    given.abandoned = true;
    given.session.close();
    this.#outbox.send(FrameType.Abandon, given.session.nonce, []);
    this.#progress();
  }

  /** The sandbox may have been quicker than what it was told. */
  #takeOfAbandoned(given: Given, type: number): void {
    const isOver = type === FrameType.Returned || type === FrameType.ReturnedNone ||
      type === FrameType.Failed;
    if (isOver) this.#abandoned(given.session.nonce);
  }

  #abandoned(nonce: bigint): void {
    const given = this.#hops.get(nonce);
    if (!given?.abandoned) throw new FrameError("abandoned what was not to be");
    this.#over(given);
    this.#options.onDone(this);
  }

  /** It got on: its time starts anew. */
  #progress(): void {
    this.#since = performance.now();
    this.#idleWatch.stop();
    // It stops by itself when there is nothing to watch: hops come and go faster than timers are set.
    this.#watch ??= setInterval(() => this.#look(), WATCH_MS);
  }

  #look(): void {
    if (this.#idle) {
      clearInterval(this.#watch);
      this.#watch = undefined;
      return this.#idleWatch.begin();
    }
    this.#lookAtMemory();
    this.#lookAtCpu();
    this.#lookAtHops();
    this.#lookAtTime();
  }

  #lookAtMemory(): void {
    if ((residentBytes(this.pid) ?? 0) <= this.#mostResident) return;
    const { memoryBytes, residentBytes: told } = this.#settings.limits;
    const detail = `The actor's sandbox has more than ${this.#mostResident} bytes resident`;
    const why = told === undefined
      ? `far more than ${memoryBytes} (limits.memory) account for`
      : "which is its limit (limits.residentMemory)";
    this.#end("memory", `${detail}, ${why}`);
  }

  /** Processor time is that of the whole process: exact for a hop, but for the time between two looks. */
  #lookAtCpu(): void {
    const { cpuMs: most } = this.#settings.limits;
    if (most === undefined) return;
    const hop = this.#hops.charge(cpuMs(this.pid) ?? 0);
    if (hop && hop.cpuMs >= most) {
      this.#end("cpu", `The actor took more than ${most} ms of processor time (limits.cpu)`);
    }
  }

  #lookAtHops(): void {
    const { timeoutMs } = this.#settings.limits;
    const message = `The actor took more than ${timeoutMs} ms (limits.timeout)`;
    const { late, again } = this.#hops.overdue(timeoutMs);
    if (again) setTimeout(() => this.#state === "ended" || this.#look(), SECOND_LOOK_MS);
    for (const hop of late) {
      if (this.#hops.inside === hop) return this.#end("timeout", message);
      // It waits for the host: its guest is not entered any more, and no other has to suffer.
      this.#abandon(hop);
      hop.job.resolve({ ok: false, failure: { type: TIMEOUT, mro: [], message } });
    }
  }

  #lookAtTime(): void {
    const { inside, due } = this.#hops;
    if (inside !== undefined && inside !== "no hop") return;
    // What is given waits for the host; it is not the sandbox's turn.
    if (inside === undefined && this.#state === "ready" && !due) return;
    const { timeoutMs } = this.#settings.limits;
    // To start takes what it takes on a machine that is busy, however short the hops of the actor are meant to be.
    const most = this.#state === "loading" ? Math.max(timeoutMs, LOADING_MS) : timeoutMs;
    if (performance.now() - this.#since < (inside === undefined ? STALL_MS : most)) return;
    if (this.#late !== this.#since) this.#late = this.#since;
    else if (inside === undefined) {
      this.#end("stalled", `The sandbox has not begun for ${STALL_MS} ms with what it was given`);
    } else {
      const limit = this.#state === "loading" ? "to start" : "(limits.timeout)";
      this.#end("timeout", `The actor took more than ${most} ms ${limit}`);
    }
  }

  /** @param asked The hop whose question was none, where that is why. */
  #end(cause: End["cause"], detail: string, asked?: Given): void {
    if (this.#state === "ended") return;
    const wasReady = this.#state === "ready";
    const begun = this.#state !== "starting";
    this.#state = "ended";
    this.#idleWatch.stop();
    clearInterval(this.#watch);
    this.#process.kill();
    const { inside } = this.#hops;
    const given = this.#hops.clear();
    const fault = isFault(cause) ? cause : undefined;
    const blamed = fault && given.find((one) => one === (asked ?? inside));
    this.#options.onEnd(this, {
      cause: wasReady || cause === "closed" ? cause : "not-ready",
      detail,
      blamed: fault && blamed && { job: blamed.job, fault },
      begun,
      died: cause === "died",
      ahead: wasReady && inside === "no hop",
      bystanders: given.filter((one) => one !== blamed).map(({ job }) => job),
    });
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
