/**
 * Events: what `kubectl describe` tells a person of an object.
 *
 * @module
 */

import { microTime } from "./_micro_time.ts";
import type { CallOptions, KubeClient } from "./client.ts";
import { isKubeError } from "./errors.ts";
import { type KubeObject, type ObjectRef, refOf } from "./object.ts";

/** As long as a note may be, in bytes of UTF-8. */
const NOTE_BYTES = 1024;
/** An event that repeats within this time, in milliseconds, is counted on instead of being told again. */
const SERIES_MS = 6 * 60_000;
/** How many events are remembered for that. */
const REMEMBERED = 1_000;

/** What happened. */
export interface EventText {
  readonly type: "Normal" | "Warning";
  /** One word for programs, such as `QueueDeclared`. */
  readonly reason: string;
  /** What was being done, one word, such as `Reconcile`. */
  readonly action: string;
  /** A sentence for a person; what is over 1,024 bytes is cut off. */
  readonly note: string;
}

interface Told {
  readonly ref: ObjectRef;
  readonly count: number;
  readonly at: number;
}

/**
 * Tells events. What is told again is counted on the event that is there. Needs `create` and `patch` of `events` in
 * `events.k8s.io`.
 */
export class EventRecorder {
  readonly #client: KubeClient;
  readonly #who: { readonly reportingController: string; readonly reportingInstance: string };
  readonly #told = new Map<string, Told>();

  /**
   * @param controller Who tells, such as `troupe.dev/controller`.
   * @param instance Which of them, such as the pod's name.
   */
  constructor(client: KubeClient, { controller, instance }: {
    readonly controller: string;
    readonly instance: string;
  }) {
    this.#client = client;
    this.#who = { reportingController: controller, reportingInstance: instance };
  }

  /**
   * Tells what happened to an object.
   *
   * @param about As it came from the API server: with its `uid`.
   * @throws {KubeError} when it could not be told.
   */
  async tell(about: KubeObject, text: EventText, options: CallOptions = {}): Promise<void> {
    const note = shortened(text.note);
    const key = JSON.stringify([about.metadata.uid, text.type, text.reason, text.action, note]);
    const before = this.#told.get(key);
    const now = new Date();
    const repeated = before !== undefined && now.getTime() - before.at < SERIES_MS &&
      await this.#count(before, now, options);
    const told = repeated || await this.#create(about, { ...text, note }, now, options);
    // The newest last, so that the oldest is forgotten first.
    this.#told.delete(key);
    this.#told.set(key, told);
    for (const oldest of this.#told.keys()) {
      if (this.#told.size <= REMEMBERED) break;
      this.#told.delete(oldest);
    }
  }

  /** @returns Nothing when the event is not there any more: they are kept for an hour. */
  async #count({ ref, count }: Told, now: Date, options: CallOptions): Promise<Told | undefined> {
    try {
      const series = { count: count + 1, lastObservedTime: microTime(now) };
      await this.#client.merge(ref, { series }, options);
      return { ref, count: count + 1, at: now.getTime() };
    } catch (error) {
      if (isKubeError(error, "troupe.KubeNotFound")) return undefined;
      throw error;
    }
  }

  async #create(about: KubeObject, text: EventText, now: Date, options: CallOptions): Promise<Told> {
    const { apiVersion, kind, metadata: { name, namespace, uid, resourceVersion } } = about;
    const event = {
      apiVersion: "events.k8s.io/v1",
      kind: "Event",
      metadata: {
        // Names may not be longer than 253.
        name: `${(name ?? "").slice(0, 200)}.${crypto.randomUUID()}`,
        namespace: namespace ?? "default",
      },
      ...this.#who,
      ...text,
      eventTime: microTime(now),
      regarding: { apiVersion, kind, name, namespace, uid, resourceVersion },
    };
    await this.#client.create(event, options);
    return { ref: refOf(event), count: 1, at: now.getTime() };
  }
}

function shortened(note: string): string {
  const bytes = new TextEncoder().encode(note);
  if (bytes.length <= NOTE_BYTES) return note;
  // `stream` leaves a character out that was cut in two.
  return `${new TextDecoder().decode(bytes.subarray(0, NOTE_BYTES - 3), { stream: true })}…`;
}
