/**
 * Keeps sandboxes of one component running: one in use, one warm spare, and what follows when one ends.
 *
 * @module
 */

import type { PreparedComponent } from "../component/component.ts";
import type { Envelope } from "../envelope.ts";
import type { Failure, HopResult } from "../hop.ts";
import type { Grants, Isolation, Limits } from "../limits.ts";
import { STAGE_VIOLATION } from "../resiliency.ts";
import { bundleForSandbox } from "../sandbox/bundle.ts";
import type { Load } from "./bodies.ts";
import { StageBrokenError, StageClosedError } from "./errors.ts";
import { type End, type Job, Sandboxed } from "./sandboxed.ts";
import type { GuestLog, Stage, StageEvent } from "./stage.ts";

/** What a stage is started with. */
export interface StageOptions {
  /** Name of the actor. */
  readonly actor: string;
  readonly component: PreparedComponent;
  readonly limits: Limits;
  readonly isolation: Isolation;
  readonly grants: Grants;
  /** Folder for the bundled code of the sandbox. */
  readonly cacheDir: string;
  /** A guest's log line. @default dropped */
  readonly onLog?: (log: GuestLog) => void;
  /** An event that a guest sends upstream, a JSON text. @default dropped */
  readonly onFly?: (envelopeId: string, event: string) => void;
  /** What the stage tells about itself. @default dropped */
  readonly onEvent?: (event: StageEvent) => void;
}

/** A component whose sandboxes end by themselves this often within this time, with no hop done between, is suspended. */
const CRASHES = { most: 5, withinMs: 10_000 };
/** For how long, in milliseconds. */
const SUSPENDED_MS = 10_000;
/** An envelope under which sandboxes ended this often, without its being to blame, is run with no other beside it. */
const BYSTANDER_TIMES = 2;
/**
 * An envelope is to blame for the death of its sandbox, which nobody ordered, after this many. Before that it might have
 * been the machine's doing, or an operator's.
 */
const DEATHS = 3;

/**
 * Starts a stage: resolves when a sandbox stands ready.
 *
 * @throws {NotReadyError} when the component cannot be instantiated.
 */
export async function startStage(options: StageOptions): Promise<Stage> {
  const script = await bundleForSandbox(new URL("./child/main.ts", import.meta.url), options.cacheDir);
  const supervisor = new Supervisor(options, script);
  await supervisor.start();
  return supervisor;
}

class Supervisor implements Stage {
  readonly #options: StageOptions;
  readonly #script: string;
  readonly #load: Load;
  readonly #all = new Set<Sandboxed>();
  #active: Sandboxed | undefined;
  #spare: Promise<Sandboxed | undefined> | undefined;
  #starting = false;
  #waiting: Job[] = [];
  /** The hop that runs with no other beside it. */
  #alone: Job | undefined;
  #crashes: number[] = [];
  #suspendedUntil = 0;
  #lastCrash = "";
  #closed = false;
  #drained: (() => void) | undefined;

  constructor(options: StageOptions, script: string) {
    const { actor, component, limits, isolation, grants } = options;
    this.#options = options;
    this.#script = script;
    this.#load = { actor, limits, isolation, grants, glue: component.glue, modules: component.modules };
  }

  async start(): Promise<void> {
    this.#active = await this.#spawn();
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
    const others = [...this.#all].filter((sandboxed) => sandboxed !== this.#active);
    return [...(this.#active ? [this.#active] : []), ...others].map(({ pid }) => pid);
  }

  async close({ now = false }: { readonly now?: boolean } = {}): Promise<void> {
    this.#closed = true;
    const busy = () => this.#waiting.length > 0 || (this.#active?.size ?? 0) > 0;
    if (!now && busy()) await new Promise<void>((resolve) => this.#drained = resolve);
    for (const job of this.#waiting.splice(0)) job.reject(new StageClosedError(this.#options.actor));
    const all = [...this.#all];
    for (const sandboxed of all) sandboxed.close();
    await this.#spare;
    await Promise.all([...all, ...this.#all].map((sandboxed) => (sandboxed.close(), sandboxed.ended)));
    this.#drained?.();
  }

  async #spawn(): Promise<Sandboxed> {
    const started = performance.now();
    const { component, onLog = () => {}, onFly = () => {}, onEvent } = this.#options;
    const sandboxed = await Sandboxed.start({
      script: this.#script,
      load: this.#load,
      baselineOnly: component.baselineOnly,
      hooks: { onLog, onFly },
      onEnd: (sandboxed, end) => this.#onEnd(sandboxed, end),
      onDone: () => this.#onDone(),
    });
    this.#all.add(sandboxed);
    sandboxed.ended.finally(() => this.#all.delete(sandboxed));
    onEvent?.({ kind: "child-started", pid: sandboxed.pid, tookMs: performance.now() - started });
    return sandboxed;
  }

  /** Gives what waits to the sandbox in use. */
  #dispatch(): void {
    const active = this.#active;
    if (!active) return this.#replace();
    while (this.#waiting.length > 0 && !this.#alone) {
      const alone = (this.#waiting[0]?.bystander ?? 0) >= BYSTANDER_TIMES;
      if (alone && active.size > 0) return;
      const job = this.#waiting.shift() as Job;
      if (alone) this.#alone = job;
      active.give(job);
    }
    // A spare only where there is work: an idle actor costs one process.
    if (active.size > 0) this.#spare ??= this.#makeSpare();
  }

  async #makeSpare(): Promise<Sandboxed | undefined> {
    try {
      return this.#closed ? undefined : await this.#spawn();
    } catch {
      // It is started again when it is needed, and then its failure counts.
      return undefined;
    }
  }

  /** Puts a sandbox in the place of the one that has ended. */
  #replace(): void {
    if (this.#starting || this.#waiting.length === 0) return;
    this.#starting = true;
    const spare = this.#spare;
    this.#spare = undefined;
    (async () => {
      const ready = await spare;
      return ready && this.#all.has(ready) ? ready : await this.#spawn();
    })().then((sandboxed) => {
      this.#starting = false;
      this.#active = sandboxed;
      this.#dispatch();
    }, (error: unknown) => {
      this.#starting = false;
      this.#crashed(error instanceof Error ? error.message : String(error));
      this.#replace();
    });
  }

  #onDone(): void {
    this.#crashes = [];
    this.#alone = undefined;
    this.#dispatch();
    this.#checkDrained();
  }

  #onEnd(sandboxed: Sandboxed, end: End): void {
    const { onEvent } = this.#options;
    this.#all.delete(sandboxed);
    const event = end.cause === "died" ? "child-died" : "child-killed";
    onEvent?.({ kind: event, pid: sandboxed.pid, reason: end.detail || end.cause });
    if (sandboxed !== this.#active) {
      // A spare that ended is not one that is missed before the next is needed.
      if (end.cause === "died") this.#crashed(end.detail);
      return;
    }
    this.#active = undefined;
    this.#alone = undefined;
    if (end.cause === "died") this.#crashed(end.detail);
    if (end.cause === "violation") {
      onEvent?.({ kind: "violation", envelopeId: end.blamed?.envelope.id ?? "", message: end.detail });
    }
    if (end.bystanders.length > 0 && end.cause !== "closed") {
      onEvent?.({ kind: "bystanders", count: end.bystanders.length });
    }
    if (end.cause === "closed") {
      for (const job of end.bystanders) job.reject(new StageClosedError(this.#options.actor));
    } else {
      for (const job of end.bystanders) job.bystander++;
      this.#waiting.unshift(...end.bystanders);
    }
    if (end.cause === "died" && end.blamed && ++end.blamed.deaths < DEATHS) this.#waiting.unshift(end.blamed);
    else end.blamed?.resolve({ ok: false, failure: failureOf(end) });
    this.#replace();
    this.#checkDrained();
  }

  /** A sandbox ended that nobody ended: that is charged to the component. */
  #crashed(detail: string): void {
    const now = performance.now();
    this.#lastCrash = detail;
    this.#crashes = [...this.#crashes.filter((at) => now - at < CRASHES.withinMs), now];
    if (this.#crashes.length < CRASHES.most) return;
    this.#crashes = [];
    this.#suspendedUntil = now + SUSPENDED_MS;
    for (const job of this.#waiting.splice(0)) job.reject(this.#broken());
    this.#checkDrained();
  }

  #broken(): StageBrokenError {
    const seconds = SUSPENDED_MS / 1000;
    return new StageBrokenError(this.#options.actor, `${this.#lastCrash}. It is suspended for ${seconds} s`);
  }

  #checkDrained(): void {
    if (this.#waiting.length === 0 && (this.#active?.size ?? 0) === 0) this.#drained?.();
  }
}

function failureOf({ cause, detail }: End): Failure {
  const types = {
    timeout: "troupe.Timeout",
    memory: "troupe.MemoryLimit",
    violation: STAGE_VIOLATION,
    died: "troupe.Trap",
    closed: "troupe.Trap",
  };
  return { type: types[cause], mro: [], message: detail };
}
