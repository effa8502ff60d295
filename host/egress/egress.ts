/**
 * What an actor may send to the world: the grant `http` at work.
 *
 * @module
 */

import { HopEgress } from "./hop_egress.ts";
import { injectedOf } from "./injected.ts";
import { DEFAULT_EGRESS_LIMITS, type EgressLimits } from "./limits.ts";
import { type Resolve, resolveBySystem } from "./resolve.ts";
import type { HttpRule } from "../http_rule.ts";
import { type ReadSecret, readSecret } from "../secret_source.ts";

export { EgressError, type EgressErrorCode, type HttpErrorCode, InjectedHeaderError } from "./errors.ts";
export type { Field } from "./fields.ts";
export type { EgressRequest, EgressResponse, HopEgress } from "./hop_egress.ts";
export { DEFAULT_EGRESS_LIMITS, type EgressLimits } from "./limits.ts";
export type { HttpRule, InjectedHeader, SecretSource } from "../http_rule.ts";

/** What an actor may send, and how. */
export interface EgressOptions {
  /** The grant. */
  readonly rules: readonly HttpRule[];
  /** @default {@linkcode DEFAULT_EGRESS_LIMITS} */
  readonly limits?: Partial<EgressLimits>;
  /** Certificates of authorities to be trusted besides the usual ones, PEM. @default none */
  readonly caCerts?: readonly string[];
  /** @default the resolver of the system */
  readonly resolve?: Resolve;
  /** Where the values of injected headers come from. @default the environment and the files of this process */
  readonly readSecret?: ReadSecret;
}

/**
 * The grant of one actor. Requests go over HTTP/1.1, each on a connection of its own to an address that was checked;
 * neither proxies nor anything else in the environment has a say in it.
 *
 * @example
 * ```ts
 * import { Egress, EgressError } from "@troupe/host/egress";
 * import { assertRejects } from "@std/assert";
 *
 * const egress = await Egress.open({
 *   rules: [{ host: "api.example.com", scheme: "https", port: 443, path: "/v1" }],
 * });
 * const hop = egress.hop();
 * await assertRejects(
 *   () => hop.request({ method: "GET", url: "https://api.example.com/v2/keys" }),
 *   EgressError,
 *   'with the path /v1, not with "/v2/keys"',
 * );
 * hop.close();
 * ```
 */
export class Egress {
  readonly #begin: () => HopEgress;

  private constructor(begin: () => HopEgress) {
    this.#begin = begin;
  }

  /**
   * Reads the values of injected headers, which stay in here.
   *
   * @throws {InjectedHeaderError} when one is not there.
   */
  static async open({ rules, limits, caCerts = [], ...options }: EgressOptions): Promise<Egress> {
    const { resolve = resolveBySystem, readSecret: read = readSecret } = options;
    const injected = new Map(
      await Promise.all(rules.map(async (rule) => [rule, await injectedOf(rule, read)] as const)),
    );
    const all = { ...DEFAULT_EGRESS_LIMITS, ...limits };
    return new Egress(() => new HopEgress({ rules, injected, limits: all, resolve, caCerts }));
  }

  /** The requests of one hop. Whoever begins it closes it. */
  hop(): HopEgress {
    return this.#begin();
  }
}
