/**
 * The points between two calls of a controller, to the API server and to the broker: it can be held at any of them.
 *
 * @module
 */

import type { AmqpCall, AmqpProxy } from "../servers/amqp_proxy.ts";
import type { ApiCall, ApiProxy } from "./api_proxy.ts";

/** Whom a call is made to. */
export type Side = "api" | "broker";

/** The calls that are made for what is in one namespace. */
class Track {
  readonly calls: Readonly<Record<Side, string[]>> = { api: [], broker: [] };
  readonly #at: { readonly side: Side; readonly call: number } | undefined;
  readonly #held = Promise.withResolvers<void>();
  readonly #let = Promise.withResolvers<void>();
  isHeld = false;

  constructor(at?: { readonly side: Side; readonly call: number }) {
    this.#at = at;
  }

  /** Resolves when the call has come that is held. */
  get held(): Promise<void> {
    return this.#held.promise;
  }

  /** @returns When the call may go on; never, for what was held when everything was given up. */
  async pass(side: Side, name: string): Promise<void> {
    this.calls[side].push(name);
    if (this.#at?.side === side && this.#at.call === this.calls[side].length) {
      this.isHeld = true;
      this.#held.resolve();
      await this.#let.promise;
    }
  }

  giveUp(): void {
    // Most often nothing is held.
    this.#let.promise.catch(() => {});
    this.#let.reject(new Error("it was held until its maker was gone"));
  }
}

/**
 * Counts the calls for each namespace, and holds one of them where a test has said so, for each namespace another: so one
 * kill of a controller that works for many actors is a kill at as many points.
 */
export class FaultPoints {
  readonly #tracks = new Map<string, Track>();
  /** Namespaces by connections to the broker. */
  readonly #connections = new Map<number, string>();

  /** @param proxies Between the controller and both. */
  constructor({ api, broker }: { readonly api: ApiProxy; readonly broker: AmqpProxy }) {
    api.onCall = (call) => this.#api(call);
    broker.onCall = (call) => this.#broker(call);
  }

  /** Counts the calls for a namespace from now on. @param at Which one is held: its side, and its number from 1 on. */
  arm(namespace: string, at?: { readonly side: Side; readonly call: number }): void {
    this.#tracks.set(namespace, new Track(at));
  }

  /** What was called for a namespace so far. */
  callsOf(namespace: string): Readonly<Record<Side, readonly string[]>> {
    return this.#track(namespace).calls;
  }

  /** Whether a call for a namespace is held. */
  isHeld(namespace: string): boolean {
    return this.#track(namespace).isHeld;
  }

  /** Resolves when a call for a namespace is held. */
  held(namespace: string): Promise<void> {
    return this.#track(namespace).held;
  }

  /** Nothing is counted or held any more; what was held never arrives. */
  disarm(): void {
    for (const track of this.#tracks.values()) track.giveUp();
    this.#tracks.clear();
  }

  #track(namespace: string): Track {
    const track = this.#tracks.get(namespace);
    if (!track) throw new Error(`${namespace} is not armed`);
    return track;
  }

  async #api({ method, url, isWatch, namespace }: ApiCall): Promise<undefined> {
    if (!isWatch) await this.#tracks.get(namespace)?.pass("api", `${method} ${url.pathname}`);
  }

  async #broker({ method, text, connection }: AmqpCall): Promise<void> {
    const named = /troupe_([a-z0-9-]+)_/.exec(text)?.[1];
    if (named !== undefined) this.#connections.set(connection, named);
    const namespace = this.#connections.get(connection) ?? "";
    // deno-lint-ignore no-control-regex
    const name = `${method} ${/troupe_[a-z0-9_-]+/.exec(text.replace(/[\x00-\x1f]+/g, " "))?.[0] ?? ""}`;
    await this.#tracks.get(namespace)?.pass("broker", name);
  }
}
