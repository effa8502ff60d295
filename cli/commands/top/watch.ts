/**
 * What is known of a mesh from outside: from the records that its hosts broadcast, and the depths of its queues.
 *
 * @module
 */

import { isReservedName } from "@troupe/host/actor_name";
import { HOP_TOPIC, type HopRecord } from "@troupe/host/hop_record";
import { readHopRecord } from "@troupe/host/crew/recorder";
import { readStageRecord, STAGE_TOPIC, type StageRecord } from "@troupe/host/stage_record";
import type { Depth, Transport } from "@troupe/host/transport";
import { type HopFigures, HopWindow } from "./window.ts";

/** The error of a hop that was heard of last. */
export interface LastError {
  readonly type: string;
  readonly message: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** One actor, or one member of the crew. */
export interface ActorPicture extends HopFigures {
  readonly name: string;
  readonly depth: Depth;
  /** Processes that were heard of since the beginning. */
  readonly hosts: number;
  /** Hops since the beginning. */
  readonly done: number;
  /** Sandboxes that died or were killed since the beginning. */
  readonly restarts: number;
  readonly lastError?: LastError;
}

const EMPTY: Depth = { ready: 0, delayed: 0, leased: 0 };

interface Heard {
  readonly window: HopWindow;
  readonly hosts: Set<string>;
  done: number;
  restarts: number;
  lastError?: LastError;
}

/** Listens to a mesh. */
export class MeshWatch {
  readonly #options: { readonly windowMs: number; readonly since: number };
  readonly #heard = new Map<string, Heard>();

  /** @param options `windowMs`: over which rates and times are told; `since`: now, of a clock that does not go back. */
  constructor(options: { readonly windowMs: number; readonly since: number }) {
    this.#options = options;
  }

  /** Listens, until the function that is returned is called. */
  listen(transport: Pick<Transport, "subscribe">): () => void {
    const ends = [
      transport.subscribe(HOP_TOPIC, (bytes) => {
        const record = readHopRecord(bytes);
        if (record) this.hop(record, performance.now());
      }),
      transport.subscribe(STAGE_TOPIC, (bytes) => {
        const record = readStageRecord(bytes);
        if (record) this.stage(record);
      }),
    ];
    return () => ends.forEach((end) => end());
  }

  /** Takes a hop. */
  hop({ actor, host, startedAt, finishedAt, verdict, error }: HopRecord, at: number): void {
    const heard = this.#of(actor);
    heard.window.add({ at, tookMs: Math.max(0, finishedAt - startedAt), verdict });
    heard.hosts.add(host);
    heard.done++;
    if (error) heard.lastError = { ...error, at: finishedAt };
  }

  /** Takes what happened to a sandbox. */
  stage({ actor, event, host }: StageRecord): void {
    const heard = this.#of(actor);
    heard.hosts.add(host);
    if (event !== "child-started") heard.restarts++;
  }

  /** Every actor by name, then the crew. */
  picture(depths: ReadonlyMap<string, Depth>, now: number): ActorPicture[] {
    const names = [...new Set([...depths.keys(), ...this.#heard.keys()])].sort((a, b) =>
      Number(isReservedName(a)) - Number(isReservedName(b)) || (a < b ? -1 : 1)
    );
    return names.map((name) => {
      const { window, hosts, done, restarts, lastError } = this.#of(name);
      return {
        name,
        depth: depths.get(name) ?? EMPTY,
        ...window.figures(now),
        hosts: hosts.size,
        done,
        restarts,
        ...(lastError ? { lastError } : {}),
      };
    });
  }

  #of(name: string): Heard {
    const heard = this.#heard.get(name) ??
      { window: new HopWindow(this.#options), hosts: new Set<string>(), done: 0, restarts: 0 };
    this.#heard.set(name, heard);
    return heard;
  }
}
