/**
 * What the grant `http` lists: to where an actor may send requests.
 *
 * @module
 */

import type { SecretSource } from "./secret_source.ts";

export type { SecretSource };

/** A header whose value the host puts in, after the check of a request; the actor never sees it. */
export interface InjectedHeader {
  readonly from: SecretSource;
  /** What stands before the value, such as `Bearer `. @default nothing */
  readonly prefix?: string;
}

/** One entry of the grant. A request has to fit one entry in everything that it says; the first that fits counts. */
export interface HttpRule {
  /**
   * A name in lower case (in its ASCII form), `*.` and a name for any one label before it, or an address as URLs write
   * it (`[::1]` for IPv6).
   */
  readonly host: string;
  readonly scheme: "http" | "https";
  readonly port: number;
  /** The path, or what it begins with, by whole segments. Begins with a slash. */
  readonly path: string;
  /** In upper case. @default all but CONNECT and TRACE, which are never sent */
  readonly methods?: readonly string[];
  /** Networks, such as `10.0.0.0/8`, or addresses that this entry allows although they are not public. @default none */
  readonly addresses?: readonly string[];
  /** By name, in lower case. @default none */
  readonly headers?: Readonly<Record<string, InjectedHeader>>;
}
