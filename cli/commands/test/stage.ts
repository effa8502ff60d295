/**
 * An actor in a sandbox of its own, as a mesh would have it, but without queues.
 *
 * @module
 */

import type { ActorSpec } from "@troupe/controller/spec";
import { inspect } from "@troupe/host/component/prepare";
import type { Envelope } from "@troupe/host/envelope";
import type { HopResult } from "@troupe/host/hop";
import { scanMembers } from "@troupe/host/json_text";
import { Late } from "@troupe/host/late";
import { createLogger, type Level, type Logger } from "@troupe/host/observe/logs";
import { NO_METRICS } from "@troupe/host/observe/metrics";
import { FLY_TOPIC, openStage } from "@troupe/host/replica";
import { cpuMs, residentBytes } from "@troupe/host/sandbox/spawn";
import type { Stage, StageEvent } from "@troupe/host/stage";
import { openState } from "@troupe/host/state/open_state";
import type { StateStore } from "@troupe/host/state/store";
import { join } from "@std/path";
import { DATA_FOLDER, MeshFolder } from "../../mesh/folder.ts";

/** What a guest said while its hop ran, in order. */
export type Said =
  | { readonly kind: "log"; readonly level: Level; readonly message: string }
  /** An event upstream, a JSON text. */
  | { readonly kind: "fly"; readonly event: string };

/** One hop that was run. */
export interface HopRun {
  readonly result: HopResult;
  readonly said: readonly Said[];
  /** Wall time, as the host sees it, in milliseconds. */
  readonly ms: number;
  /** Processor time of the sandbox meanwhile, in milliseconds, in steps of 10; undefined where that is not known. */
  readonly cpuMs: number | undefined;
  /** Memory that the sandbox has resident afterwards, in bytes; undefined where it has ended, or that is not known. */
  readonly residentBytes: number | undefined;
  /** Why sandboxes ended meanwhile. */
  readonly ended: readonly string[];
}

/** What is known of an actor's instances. */
export interface InstanceFacts {
  /** SHA-256 of the component, in hex. */
  readonly digest: string;
  /** Memory of an instance when it is made, in bytes. */
  readonly initialMemory: number;
  /** Why an instance is not put back after each envelope; empty where it is, or is reused as it is. */
  readonly notRestored: string;
}

/** A running sandbox. */
export class TestStage implements AsyncDisposable {
  /** How long the first sandbox took to be ready, in milliseconds. */
  readonly startedMs: number;
  readonly facts: InstanceFacts;
  readonly #stage: Stage;
  readonly #ear: Ear;
  readonly #resources: AsyncDisposableStack;

  private constructor(parts: {
    readonly stage: Stage;
    readonly ear: Ear;
    readonly facts: InstanceFacts;
    readonly resources: AsyncDisposableStack;
  }) {
    this.#stage = parts.stage;
    this.#ear = parts.ear;
    this.#resources = parts.resources;
    this.facts = parts.facts;
    this.startedMs = parts.ear.startedMs;
  }

  /**
   * Starts it. Its actor finds what it is granted as it does in a mesh; what it keeps is gone with the stage, unless
   * `data` names the folder of a mesh, whose state it then has.
   *
   * @throws what preparing and starting an actor throws.
   */
  static async open(spec: ActorSpec, { data }: { readonly data?: string | undefined }): Promise<TestStage> {
    const folder = new MeshFolder(data ?? join(spec.folder, DATA_FOLDER));
    await folder.make();
    const { cacheDir } = folder;
    await using resources = new AsyncDisposableStack();
    const own = data === undefined && spec.grants.state ? await temporaryFolder(resources) : undefined;
    const state = resources.adopt(
      new Late<StateStore>(() => own === undefined ? folder.openState() : openState(join(own, "state.db"))),
      (state) => state.close(),
    );
    const ear = new Ear();
    const stage = await openStage(spec, {
      cacheDir,
      state,
      logger: ear.logger,
      metrics: { ...NO_METRICS, stageEvent: (_actor, event) => ear.event(event) },
      transport: { broadcast: (topic, bytes) => ear.broadcast(topic, bytes) },
    });
    resources.defer(() => stage.close({ now: true }));
    return new TestStage({ stage, ear, facts: await factsOf(spec, cacheDir), resources: resources.move() });
  }

  /** Runs one envelope. Not while another one runs. @throws {StageBrokenError} when no sandbox can be made to run. */
  async run(envelope: Envelope): Promise<HopRun> {
    const heard = this.#ear.listen();
    const [pid] = this.#stage.pids();
    const spent = this.watchCpu();
    const began = performance.now();
    const result = await this.#stage.run(envelope);
    const ms = performance.now() - began;
    const cpuMs = spent();
    // Of another sandbox than the one that it was begun in, nothing is known.
    const isSame = pid !== undefined && this.#stage.pids()[0] === pid;
    return { ...heard, result, ms, cpuMs, residentBytes: isSame ? residentBytes(pid) : undefined };
  }

  /**
   * Counts processor time from now on.
   *
   * @returns Gives what was spent, in milliseconds; undefined where it is another sandbox by then, or not known.
   */
  watchCpu(): () => number | undefined {
    const [pid] = this.#stage.pids();
    const before = pid === undefined ? undefined : cpuMs(pid);
    return () => {
      const after = pid === undefined || this.#stage.pids()[0] !== pid ? undefined : cpuMs(pid);
      return before === undefined || after === undefined ? undefined : after - before;
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }
}

/** Hears what a stage tells, and keeps what belongs to the hop that runs. */
class Ear {
  startedMs = 0;
  #heard: { readonly said: Said[]; readonly ended: string[] } = { said: [], ended: [] };

  listen(): { readonly said: readonly Said[]; readonly ended: readonly string[] } {
    return this.#heard = { said: [], ended: [] };
  }

  /** Guests' lines are kept, and what the host warns of is for whoever runs the command. */
  get logger(): Logger {
    const host = createLogger({ format: "text", level: "warn", colors: Deno.stderr.isTerminal() });
    const log = (level: Level): Logger["info"] => (message, fields = {}) => {
      if (fields.guest === true) this.#heard.said.push({ kind: "log", level, message });
      // How a sandbox ended is told with the hop.
      else if (!message.startsWith("stage: ")) host[level](message, fields);
    };
    const logger: Logger = {
      child: () => logger,
      debug: log("debug"),
      info: log("info"),
      warn: log("warn"),
      error: log("error"),
    };
    return logger;
  }

  event(event: StageEvent): void {
    if (event.kind === "child-started") this.startedMs ||= event.tookMs;
    if (event.kind === "child-killed" || event.kind === "child-died") this.#heard.ended.push(event.reason);
  }

  broadcast(topic: string, bytes: Uint8Array): void {
    if (topic !== FLY_TOPIC) return;
    const event = scanMembers(new TextDecoder().decode(bytes)).find(({ key }) => key === "event");
    if (event) this.#heard.said.push({ kind: "fly", event: event.valueText });
  }
}

async function factsOf(spec: ActorSpec, cacheDir: string): Promise<InstanceFacts> {
  const { component, grants, limits, isolation } = spec;
  const { digest, initialMemory, restorable } = await inspect(component, { cacheDir, grants, limits });
  const why = restorable && "why" in restorable ? restorable.why : "";
  return { digest, initialMemory, notRestored: isolation === "fresh" ? why : "" };
}

/** A folder that is gone with what else is kept there. */
async function temporaryFolder(resources: AsyncDisposableStack): Promise<string> {
  const path = await Deno.makeTempDir({ prefix: "troupe-test-" });
  resources.defer(() => Deno.remove(path, { recursive: true }));
  return path;
}
