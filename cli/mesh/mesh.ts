/**
 * A whole mesh in one process: every actor of a folder, the crew, and what they share.
 *
 * @module
 */

import { type ActorSpec, loadMesh } from "@troupe/controller/mesh";
import {
  type ControlFeed,
  type ControlTeller,
  followControls,
  tellControls,
} from "@troupe/host/control_feed";
import { CREW, JOIN, PAUSE, RESUME, SINK, SUMP } from "@troupe/host/actor_name";
import { MAX_CLAIMED_ENVELOPE_BYTES } from "@troupe/host/crew/claim_check";
import { withClaims } from "@troupe/host/crew/claiming_transport";
import type { CrewMember } from "@troupe/host/crew/member";
import { type Recorder, recordHops } from "@troupe/host/crew/recorder";
import { type Retention, startSweeper, type Sweeper } from "@troupe/host/crew/retention";
import { runSink } from "@troupe/host/crew/sink";
import { runCrewMember } from "@troupe/host/crew/run";
import { stopAtOnce } from "@troupe/host/crew/stop_at_once";
import type { CrewStore } from "@troupe/host/crew/store";
import { runSump } from "@troupe/host/crew/sump";
import { Late } from "@troupe/host/late";
import type { StateStore } from "@troupe/host/state/store";
import type { Problem } from "@troupe/host/observe/health";
import type { Logger } from "@troupe/host/observe/logs";
import type { HostMetrics } from "@troupe/host/observe/metrics";
import { NO_TRACING, type Tracing } from "@troupe/host/observe/tracing";
import type { Depth, Transport } from "@troupe/host/transport";
import { basename, resolve } from "@std/path";
import { MeshActor, type MeshActorStatus } from "./actor.ts";
import type { MeshFolder } from "./folder.ts";
import { Idleness } from "./idleness.ts";

/** What a mesh is started with. */
export interface MeshOptions {
  /** Folder in which every `actor.yaml` is looked for. */
  readonly dir: string;
  readonly folder: MeshFolder;
  readonly logger: Logger;
  readonly metrics: HostMetrics;
  /** See `HostOptions.tracing`. @default nothing is traced */
  readonly tracing?: Tracing;
  /** See `StageOptions.restore`. @default true */
  readonly restore?: boolean;
  /** Whether to check the types of actors written in TypeScript when they are built. @default true */
  readonly check?: boolean;
  /** See `HostOptions.recordPayloadBytes`. @default 65536 */
  readonly recordPayloadBytes?: number;
  /** See `HostOptions.noQueueMs`. @default 30000 */
  readonly noQueueMs?: number;
  /** How long what ended is kept. @default 7 days, and 14 for ids */
  readonly retention?: Retention;
  /** Told whenever an actor's state changes. @default nothing is done */
  readonly onChange?: (status: MeshActorStatus) => void;
  /** Told of everything that the crew has recorded. @default nothing is done */
  readonly onEnd?: (end: End) => void;
}

/** One end that was recorded. */
export interface End {
  /** Who recorded it: `x-sink` a result, `x-sump` something dead. */
  readonly by: typeof SINK | typeof SUMP;
  /** The envelope that was submitted; empty for bytes that are none. */
  readonly root: string;
  readonly failed: boolean;
}

/** One actor of a running mesh, or a member of the crew, with the depth of its queue. */
export interface ActorLine extends MeshActorStatus {
  readonly depth: Depth;
}

/** Kinds of a transport's events that nobody has to be warned of. */
const GOOD_NEWS: ReadonlySet<string> = new Set(["connected", "unblocked"]);
/** How long a message is held whose queue does not exist, in milliseconds, where nothing else is said. */
const NO_QUEUE_MS = 30_000;
const EMPTY: Depth = { ready: 0, delayed: 0, leased: 0 };

/** A running mesh. */
export class Mesh {
  readonly transport: Transport;
  readonly store: CrewStore;
  /** Resolves when every actor runs or is refused. */
  readonly started: Promise<void>;
  readonly #options: MeshOptions;
  readonly #actors = new Map<string, MeshActor>();
  readonly #crew: ReadonlyMap<string, CrewMember>;
  readonly #recorder: Recorder;
  readonly #sweeper: Sweeper;
  readonly #teller: ControlTeller;
  readonly #feed: ControlFeed;
  readonly #state: Late<StateStore>;
  readonly #idleness: Idleness;
  #ending = false;
  #closed = false;

  private constructor(
    options: MeshOptions,
    { transport, idleness, store, specs }: {
      transport: Transport;
      idleness: Idleness;
      store: CrewStore;
      specs: readonly ActorSpec[];
    },
  ) {
    this.#options = options;
    this.#idleness = idleness;
    this.#state = new Late(() => options.folder.openState());
    this.transport = transport;
    this.store = store;
    const { logger, metrics, tracing = NO_TRACING, retention, onEnd = () => {}, noQueueMs = NO_QUEUE_MS } =
      options;
    this.#recorder = recordHops({ transport, store, logger });
    this.#sweeper = startSweeper({ store, logger, ...(retention ? { retention } : {}) });
    this.#teller = tellControls(transport, { read: () => store.controls.state(), logger });
    this.#feed = followControls(transport);
    const shared = { transport, store, metrics, tracing };
    this.#crew = new Map([
      [
        SINK,
        runSink({
          ...shared,
          logger: logger.child({ actor: SINK }),
          onRecorded: ({ root, phase }) => onEnd({ by: SINK, root, failed: phase !== "succeeded" }),
        }),
      ],
      [
        SUMP,
        runSump({
          ...shared,
          logger: logger.child({ actor: SUMP }),
          onRecorded: ({ root }) => onEnd({ by: SUMP, root, failed: true }),
        }),
      ],
      ...([PAUSE, RESUME, JOIN] as const).map((name): [string, CrewMember] => [
        name,
        runCrewMember(name, {
          ...shared,
          controls: this.#feed.controls,
          logger: logger.child({ actor: name }),
          noQueueMs,
        }),
      ]),
    ]);
    // Known before anything runs: an actor that is paused is not to begin.
    this.started = this.#feed.heard
      .then(() => Promise.all(specs.map((spec) => this.#add(spec))))
      .then(() => {});
  }

  /**
   * Opens the state of a mesh, and begins to build what is out of date and to run every actor: {@linkcode started} tells
   * when that is done. An actor that cannot be built or is refused does not keep the others from running; its status
   * says why.
   *
   * @throws {ActorSpecError} when an `actor.yaml` is wrong, and what opening the state may throw.
   */
  static async open(options: MeshOptions): Promise<Mesh> {
    const specs = await loadMesh(options.dir);
    await options.folder.make();
    const idleness = new Idleness();
    const transport = await options.folder.claimTransport({
      name: `up ${basename(resolve(options.dir))}`,
      onEvent({ kind, detail }) {
        if (kind === "lost") idleness.lost(performance.now());
        const level = GOOD_NEWS.has(kind) ? "info" : "warn";
        options.logger[level](`transport: ${kind}`, { detail });
      },
      // Every queue exists before the first hop: a route may name any actor of the mesh.
      prepare: (transport) => transport.declare([...CREW, ...specs.map(({ name }) => name)]),
    });
    try {
      const store = await openStore(options);
      const claims = () => Promise.resolve(store.claims);
      const claiming = withClaims(transport, { claims, logger: options.logger });
      return new Mesh(options, { transport: claiming, idleness, store, specs });
    } catch (error) {
      await transport.close();
      throw error;
    }
  }

  /** Names of the actors, sorted. */
  get actors(): string[] {
    return [...this.#actors.keys()].sort();
  }

  /** Whether it is ending, or has ended. */
  get ending(): boolean {
    return this.#ending;
  }

  /** One actor of the mesh. */
  actor(name: string): MeshActor | undefined {
    return this.#actors.get(name);
  }

  /** Whether an operator has paused an actor. */
  isPaused(name: string): boolean {
    return this.#feed.controls.isPaused(name);
  }

  /** What every actor is doing, sorted by name. */
  actorStates(): MeshActorStatus[] {
    return this.actors.flatMap((name) => this.#actors.get(name)?.status ?? []).map((status) =>
      status.state === "running" && this.isPaused(status.name) ? { ...status, state: "paused" } : status
    );
  }

  /** Every actor, sorted by name, and the crew: what they are doing and what waits for them. */
  async status(): Promise<ActorLine[]> {
    const depths = this.#closed ? new Map<string, Depth>() : await this.transport.depths();
    const depthOf = (name: string) => depths.get(name) ?? EMPTY;
    const actors = this.actorStates().map((status) => ({ ...status, depth: depthOf(status.name) }));
    const crew = [...this.#crew].map(([name, member]): ActorLine => ({
      name,
      state: this.#closed ? "drained" : "running",
      problem: member.problem(),
      inFlight: depthOf(name).leased,
      pids: [],
      swaps: 0,
      depth: depthOf(name),
    }));
    return [...actors, ...crew];
  }

  /** What keeps it from doing all of its work at the moment. */
  problems(): Problem[] {
    const { ready, reason } = this.transport.health();
    return [
      { part: "mesh", reason: this.#ending ? "it is ending" : "" },
      { part: "transport", reason: ready ? "" : reason },
      ...this.actors.map((name) => ({ part: name, reason: this.#actors.get(name)?.obstacle ?? "" })),
      ...[...this.#crew].map(([part, member]) => ({ part, reason: member.problem() })),
    ].filter(({ reason }) => reason !== "");
  }

  /**
   * How often in a row {@linkcode isIdle} has to say so until it is certain. The embedded transport counts everything in
   * one look; a broker does not tell of messages that are on their way to a consumer.
   */
  get idleLooks(): number {
    return this.transport.name === "embedded" ? 1 : 5;
  }

  /**
   * Whether nothing is left to do that this mesh could do: every queue is empty, but for those of actors that do not run.
   */
  async isIdle(): Promise<boolean> {
    return await this.#idleness.look({
      transport: this.transport,
      counts: (queue) => this.#serves(queue),
      now: performance.now(),
    });
  }

  /** Envelopes that wait for actors which do not run, by queue. */
  async stranded(): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    for (const [queue, { ready, delayed, leased }] of await this.transport.depths()) {
      const waiting = ready + delayed + leased;
      if (!this.#serves(queue) && waiting > 0) found.set(queue, waiting);
    }
    return found;
  }

  #serves(queue: string): boolean {
    if (this.isPaused(queue)) return false;
    return this.#crew.has(queue) || (this.#actors.get(queue)?.running ?? false);
  }

  /**
   * Takes up what has changed in the folder: builds and swaps actors whose source or spec is new, starts actors that have
   * come, drains those that are gone. Not to be called before {@linkcode started}, nor again before it has resolved.
   *
   * @throws {ActorSpecError} when an `actor.yaml` is wrong, and others of reading the folder; nothing has changed then.
   */
  async reload(): Promise<void> {
    const specs = await loadMesh(this.#options.dir);
    if (this.#ending) return;
    await this.transport.declare(specs.map(({ name }) => name));
    const names = new Set(specs.map(({ name }) => name));
    await Promise.all([
      ...specs.map((spec) => this.#actors.get(spec.name)?.update(spec) ?? this.#add(spec)),
      ...this.actors.filter((name) => !names.has(name)).map((name) => this.#remove(name)),
    ]);
  }

  async #add(spec: ActorSpec): Promise<void> {
    if (this.#ending) return;
    const {
      folder,
      logger,
      metrics,
      tracing = NO_TRACING,
      restore = true,
      check = true,
      recordPayloadBytes = 64 * 1024,
      noQueueMs = NO_QUEUE_MS,
    } = this.#options;
    const actor = new MeshActor(spec, {
      replica: {
        transport: this.transport,
        controls: this.#feed.controls,
        maxEnvelopeBytes: MAX_CLAIMED_ENVELOPE_BYTES,
        logger,
        metrics,
        tracing,
        cacheDir: folder.cacheDir,
        restore,
        state: this.#state,
        recordPayloadBytes,
        noQueueMs,
      },
      check,
      onChange: (status) => this.#options.onChange?.(status),
    });
    this.#actors.set(spec.name, actor);
    await actor.start();
  }

  async #remove(name: string): Promise<void> {
    const actor = this.#actors.get(name);
    this.#actors.delete(name);
    await actor?.drain();
  }

  /** Finishes what is in hand, then closes everything. */
  async drain(): Promise<void> {
    this.#ending = true;
    await Promise.all([...this.#actors.values()].map((actor) => actor.drain()));
    await this.#close();
  }

  /** Gives back what is in hand, and closes everything. May be called while {@linkcode drain} is under way. */
  async stop(): Promise<void> {
    this.#ending = true;
    await Promise.all([...this.#actors.values()].map((actor) => actor.stop()));
    await this.#close({ now: true });
  }

  async #close({ now = false } = {}): Promise<void> {
    if (now) await stopAtOnce(this.#crew.values(), { store: this.store });
    else await Promise.all([...this.#crew.values()].map((member) => member.stop()));
    await Promise.all([this.#recorder.stop(), this.#teller.stop()]);
    this.#feed.stop();
    this.#closed = true;
    await this.transport.close();
    await Promise.all([this.#sweeper.stop(), this.store.close(), this.#state.close()]);
  }
}

async function openStore({ folder, logger }: MeshOptions): Promise<CrewStore> {
  return await folder.claimStore({
    onFailure: (error) => logger.warn("nothing can be recorded; it is tried again", { error }),
  });
}
