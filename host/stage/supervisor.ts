/**
 * Keeps sandboxes of one component running: one in use, one warm spare, and what follows when one ends.
 *
 * @module
 */

import type { PreparedComponent } from "../component/component.ts";
import type { Envelope } from "../envelope.ts";
import type { Failure, HopResult } from "../hop.ts";
import type { Grants } from "../grants.ts";
import type { Isolation, Limits } from "../limits.ts";
import { STAGE_VIOLATION } from "../resiliency.ts";
import { bundleForSandbox } from "../sandbox/bundle.ts";
import { ComponentStartError, StageBrokenError, StageClosedError } from "./errors.ts";
import type { End, Fault } from "./end.ts";
import type { Job } from "./hops.ts";
import { Sandboxed, TIMEOUT } from "./sandboxed.ts";
import type { MountedFile } from "../sandbox/file_tree.ts";
import { SERVICES, type Services } from "./services.ts";
import type { Config } from "./wire/load.ts";
import type { GuestLog, Stage, StageEvent } from "./stage.ts";

/** Files by the folders that a spec mounts. */
export interface GrantedFiles {
  readonly mounts: readonly string[];
  readonly files: readonly MountedFile[];
}

/** What a stage is started with. */
export interface StageOptions {
  /** Name of the actor. */
  readonly actor: string;
  readonly component: PreparedComponent;
  readonly limits: Limits;
  readonly isolation: Isolation;
  /** Whether instances may be put back to where they began, for `fresh`, rather than made anew. @default true */
  readonly restore?: boolean;
  readonly grants: Pick<Grants, "route" | "clock">;
  /** Values that are granted. @default none */
  readonly config?: Config;
  /** Files that its guests can read. @default none */
  readonly files?: GrantedFiles;
  /** What its guests may ask for. @default nothing */
  readonly services?: Services;
  /** Folder for the bundled code of the sandbox. */
  readonly cacheDir: string;
  /** A guest's log line. May not throw. @default dropped */
  readonly onLog?: (log: GuestLog) => void;
  /** An event that a guest sends upstream, a JSON text. May not throw. @default dropped */
  readonly onFly?: (envelopeId: string, event: string) => void;
  /** What the stage tells about itself. May not throw. @default dropped */
  readonly onEvent?: (event: StageEvent) => void;
}

/**
 * A component is suspended when its sandboxes ended by themselves this often, or did not become ready or begin with what
 * they were given, with no hop done between.
 */
const IN_A_ROW = { crashes: 5, stalls: 2 };
/** For how long, in milliseconds. */
const SUSPENDED_MS = 10_000;
/** An envelope under which sandboxes were ended this often, without its being to blame, is run with no other beside it. */
const BYSTANDER_TIMES = 2;
/**
 * An envelope has failed, or a component cannot be started, after this many sandboxes ended by themselves while that was
 * tried. Before, it might have been the machine's doing, or an operator's: an envelope is run again, with no other beside
 * it.
 */
const DEATHS = 3;

/**
 * Bundles the sandbox's own code, which takes a process. Starting a stage does so too; whoever knows before that one will
 * be started, and has other things to wait for, gains the time.
 *
 * @returns Path of the script.
 * @throws {BundleError} when it cannot be bundled.
 */
export async function bundleStage(cacheDir: string): Promise<string> {
  return await bundleForSandbox(new URL("./child/main.ts", import.meta.url), cacheDir);
}

/**
 * Starts a stage: resolves when a sandbox stands ready.
 *
 * @throws {ComponentStartError} when the component cannot be instantiated within its limits.
 * @throws {StageBrokenError} when no process can be started.
 * @throws {BundleError} when the sandbox's own code cannot be bundled.
 */
export async function startStage(options: StageOptions): Promise<Stage> {
  return await superviseSandboxes(options, await bundleStage(options.cacheDir));
}

/**
 * Starts a stage whose sandboxes run a given script, which may be anything: it is not trusted.
 *
 * @param script Path of one JavaScript file without imports.
 * @throws {ComponentStartError | StageBrokenError} as {@linkcode startStage}.
 */
export async function superviseSandboxes(options: StageOptions, script: string): Promise<Stage> {
  const supervisor = new Supervisor(options, script);
  await supervisor.start();
  return supervisor;
}

class Supervisor implements Stage {
  readonly #options: StageOptions;
  readonly #script: string;
  readonly #all = new Set<Sandboxed>();
  /** The one that is given hops; it may not be ready yet. */
  #active: Sandboxed | undefined;
  #spare: Sandboxed | undefined;
  /** Off after a spare has failed to start, until a sandbox has started. */
  #spareWanted = true;
  /** Whether instances may be made that no hop needs yet: not after one did harm. */
  #ahead = true;
  readonly #waiting: Job[] = [];
  /** The hop that runs has no other beside it. */
  #alone = false;
  #inARow = { crashes: 0, stalls: 0 };
  #suspendedUntil = 0;
  #deathsAtStart = 0;
  #lastCrash = "";
  #closed = false;
  #started: { resolve: () => void; reject: (error: Error) => void } | undefined;

  constructor(options: StageOptions, script: string) {
    this.#options = options;
    this.#script = script;
  }

  async start(): Promise<void> {
    try {
      await new Promise<void>((resolve, reject) => {
        this.#started = { resolve, reject };
        this.#active = this.#spawnOr((why) => this.#suspend(why));
      });
    } catch (error) {
      await this.close({ now: true });
      throw error;
    } finally {
      this.#started = undefined;
    }
  }

  run(envelope: Envelope): Promise<HopResult> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new StageClosedError(this.#options.actor));
      if (performance.now() < this.#suspendedUntil) return reject(this.#broken());
      this.#waiting.push({ envelope, resolve, reject, bystander: 0, deaths: 0 });
      this.#dispatch();
    });
  }

  pids(): number[] {
    const inOrder = new Set([...(this.#active ? [this.#active] : []), ...this.#all]);
    return [...inOrder].filter(({ running }) => running).map(({ pid }) => pid);
  }

  async close({ now = false }: { readonly now?: boolean } = {}): Promise<void> {
    this.#closed = true;
    this.#rejectWaiting(new StageClosedError(this.#options.actor));
    for (const sandboxed of [...this.#all]) {
      if (now || sandboxed.size === 0) sandboxed.close();
    }
    await Promise.all([...this.#all].map(({ ended }) => ended));
  }

  #spawn(): Sandboxed {
    const startedAt = performance.now();
    const { actor, limits, isolation, grants: { route, clock }, component } = this.#options;
    const { onLog = () => {}, onFly = () => {}, services = {}, config = NO_CONFIG, files = NO_FILES } =
      this.#options;
    const { glue, modules, baselineOnly, blocking } = component;
    const grants = { route, ...(clock === undefined ? {} : { clock }) };
    const granted = SERVICES.filter((name) => services[name] && component.uses.has(name));
    const restore = restoring(this.#options);
    const sandboxed = new Sandboxed({
      script: this.#script,
      load: {
        ...{ actor, limits, isolation, grants, config, ...files, services: granted, glue, modules, blocking },
        ahead: this.#ahead,
        ...restore,
      },
      baselineOnly,
      hooks: { onLog, onFly, services },
      onReady: ({ pid, layers }) => {
        const tookMs = performance.now() - startedAt;
        const restores = isolation === "fresh" && restore.restore !== undefined;
        this.#event({ kind: "child-started", pid, tookMs, restores, layers });
        this.#spareWanted = true;
        this.#started?.resolve();
        this.#dispatch();
      },
      onDone: () => this.#onDone(),
      onEnd: (sandboxed, end) => this.#onEnd(sandboxed, end),
    });
    this.#all.add(sandboxed);
    sandboxed.ended.then(() => this.#all.delete(sandboxed));
    return sandboxed;
  }

  #spawnOr(otherwise: (why: string) => void): Sandboxed | undefined {
    try {
      return this.#spawn();
    } catch (error) {
      otherwise(`no process can be started: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  }

  /** Gives what waits to the sandbox in use, and sees to it that there is one, and a spare where there is work. */
  #dispatch(): void {
    if (this.#closed || this.#waiting.length === 0 && !this.#active?.size) return;
    // What waits is given back, rather than held, when the system gives us no process.
    this.#active ??= this.#takeSpare() ?? this.#spawnOr((why) => this.#suspend(why));
    if (!this.#active?.ready) return;
    this.#fill(this.#active);
    // Not before there is work: an idle actor costs one process.
    if (this.#spareWanted) this.#spare ??= this.#spawnOr(() => this.#spareWanted = false);
  }

  #fill(active: Sandboxed): void {
    for (let job = this.#waiting[0]; job && !active.full; job = this.#waiting[0]) {
      const alone = job.bystander >= BYSTANDER_TIMES || job.deaths > 0;
      if ((alone || this.#alone) && active.size > 0) return;
      this.#waiting.shift();
      this.#alone = alone;
      active.give(job);
    }
  }

  #takeSpare(): Sandboxed | undefined {
    const spare = this.#spare;
    this.#spare = undefined;
    return spare;
  }

  #onDone(): void {
    this.#inARow = { crashes: 0, stalls: 0 };
    if (this.#closed && this.#active?.size === 0) this.#active.close();
    this.#dispatch();
  }

  #onEnd(sandboxed: Sandboxed, told: End): void {
    const end = this.#alone ? withBlame(told) : told;
    const kind = end.died ? "child-died" : "child-killed";
    this.#event({ kind, pid: sandboxed.pid, reason: end.detail });
    const wasActive = sandboxed === this.#active;
    if (wasActive) this.#active = undefined;
    if (sandboxed === this.#spare) this.#spare = undefined;
    if (end.cause === "violation") {
      this.#event({ kind: "violation", envelopeId: end.blamed?.job.envelope.id ?? "", message: end.detail });
    }
    if (end.ahead) this.#stopMakingAhead();
    this.#settle(end);
    if (end.cause === "not-ready") this.#onFailedStart(end, wasActive);
    // What no envelope is to blame for is charged to the component, or it could go on for ever.
    else if (end.cause === "stalled") this.#charge("stalls", end.detail);
    else if (end.cause === "died" || !end.blamed && end.cause !== "closed") {
      this.#charge("crashes", end.detail);
    }
    this.#dispatch();
  }

  /** Sees to the hops that were in a sandbox that has ended. */
  #settle({ cause, detail, blamed, bystanders }: End): void {
    const again: Job[] = [];
    if (blamed?.fault === "died" && ++blamed.job.deaths < DEATHS) again.push(blamed.job);
    else blamed?.job.resolve({ ok: false, failure: failureOf(blamed.fault, detail) });
    if (bystanders.length > 0 && cause !== "closed") {
      this.#event({ kind: "bystanders", count: bystanders.length });
    }
    for (const job of bystanders) job.bystander++;
    this.#waiting.unshift(...again, ...bystanders);
    if (this.#closed) this.#rejectWaiting(new StageClosedError(this.#options.actor));
  }

  /** From now on an instance is made when a hop needs it: what comes of it is then that hop's. */
  #stopMakingAhead(): void {
    this.#ahead = false;
    this.#spare?.close();
  }

  #onFailedStart({ detail, begun, died }: End, wasActive: boolean): void {
    const { actor } = this.#options;
    if (this.#started && died && ++this.#deathsAtStart < DEATHS) {
      this.#active = this.#spawnOr((why) => this.#suspend(why));
      return;
    }
    this.#started?.reject(begun ? new ComponentStartError(detail) : new StageBrokenError(actor, detail));
    this.#spareWanted = false;
    // A spare is not missed before it is needed.
    if (wasActive) this.#charge("stalls", detail);
  }

  /** A sandbox ended, and no envelope answers for it, or not yet. */
  #charge(what: keyof typeof IN_A_ROW, detail: string): void {
    if (++this.#inARow[what] >= IN_A_ROW[what]) this.#suspend(detail);
  }

  /** Takes nothing for a while, and gives back what waits. */
  #suspend(detail: string): void {
    this.#inARow = { crashes: 0, stalls: 0 };
    this.#lastCrash = detail;
    this.#suspendedUntil = performance.now() + SUSPENDED_MS;
    this.#rejectWaiting(this.#broken());
    this.#started?.reject(this.#broken());
  }

  #broken(): StageBrokenError {
    const seconds = SUSPENDED_MS / 1000;
    return new StageBrokenError(this.#options.actor, `${this.#lastCrash}. It is suspended for ${seconds} s`);
  }

  #rejectWaiting(error: Error): void {
    for (const job of this.#waiting.splice(0)) job.reject(error);
  }

  #event(event: StageEvent): void {
    this.#options.onEvent?.(event);
  }
}

/** An envelope that has a sandbox to itself answers for what that says, even where it does not say that it has begun. */
function withBlame(end: End): End {
  const [only, ...others] = end.bystanders;
  if (end.cause !== "violation" || end.blamed || !only || others.length > 0) return end;
  return { ...end, blamed: { job: only, fault: end.cause }, bystanders: [] };
}

const NO_FILES: GrantedFiles = { mounts: [], files: [] };
const NO_CONFIG: Config = { environment: [], values: [] };

const FAILURE_TYPES: Readonly<Record<Fault, string>> = {
  timeout: TIMEOUT,
  cpu: "troupe.CpuLimit",
  memory: "troupe.MemoryLimit",
  violation: STAGE_VIOLATION,
  died: "troupe.Trap",
};

function failureOf(fault: Fault, message: string): Failure {
  return { type: FAILURE_TYPES[fault], mro: [], message };
}

/** What a sandbox needs to know to restore instances. */
function restoring({ restore = true, component: { restorable } }: StageOptions): { restore?: string } {
  return restore && restorable && "prefix" in restorable ? { restore: restorable.prefix } : {};
}
