/**
 * To where a request goes, read from its URL.
 *
 * @module
 */

import { denied } from "./errors.ts";
import { parseIp } from "./ip.ts";

/** A URL, taken apart and in its one spelling. */
export interface Target {
  readonly scheme: "http" | "https";
  /** As in {@linkcode HttpRule.host}; never with a dot at its end. */
  readonly host: string;
  readonly port: number;
  /** Begins with a slash; without `.` and `..`. */
  readonly path: string;
  /** Empty, or begins with a question mark. */
  readonly query: string;
}

/** The ports that a URL does not have to name. */
export const DEFAULT_PORTS = { http: 80, https: 443 } as const;

/** Longest URL, in characters. */
export const MAX_URL_LENGTH = 8 * 1024;

const LABELS = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/;
/** How often a server may decode a path before it uses it. */
const MOST_DECODINGS = 4;

/**
 * Reads a URL, as browsers do: that brings decimal, octal and hexadecimal addresses, letters of other scripts, backslashes
 * and `..` into one spelling, so that what is checked is what is sent.
 *
 * @throws {EgressError} when it is none to which a request is sent.
 *
 * @example
 * ```ts
 * import { parseTarget } from "@troupe/host/egress/target";
 * import { assertEquals } from "@std/assert";
 *
 * const { host, port, path } = parseTarget("HTTPS://0x7f.1/a/%2e%2e/b");
 * assertEquals([host, port, path], ["127.0.0.1", 443, "/b"]);
 * ```
 */
export function parseTarget(text: string): Target {
  if (text.length > MAX_URL_LENGTH) {
    throw denied(
      `a URL has ${text.length} characters: ${MAX_URL_LENGTH} are let out at most`,
      "HTTP-request-URI-too-long",
    );
  }
  const invalid = (problem: string) => denied(`${quoted(text)} ${problem}`, "HTTP-request-URI-invalid");
  const url = URL.parse(text);
  if (!url) throw invalid("is not a URL");
  const scheme = url.protocol.slice(0, -1);
  if (scheme !== "http" && scheme !== "https") {
    throw invalid("is neither http nor https: only these are let out");
  }
  // An empty user leaves no trace in the URL, but an @ before the path does in the text.
  const authority = /^[^:]*:[/\\]*([^/\\?#]*)/.exec(text.replaceAll(/[\t\r\n]/g, ""))?.[1] ?? "";
  if (url.username !== "" || url.password !== "" || authority.includes("@")) {
    throw invalid("names a user: send an authorization header instead");
  }
  const host = url.hostname.replace(/\.$/, "");
  if (!isHost(host)) throw invalid("has no host that a name or an address can be");
  if (climbs(url.pathname)) {
    throw invalid('has ".." in its path, encoded: servers differ in what they make of that');
  }
  return {
    scheme,
    host,
    port: url.port === "" ? DEFAULT_PORTS[scheme] : Number(url.port),
    path: url.pathname,
    query: url.search,
  };
}

/** Whether a text is a host as a {@linkcode Target} has it. */
export function isHost(text: string): boolean {
  return text.startsWith("[") || parseIp(text) !== undefined || text.length <= 253 && LABELS.test(text);
}

/** The host of a target, as sockets and resolvers want it. */
export function bareHost(host: string): string {
  return host.startsWith("[") ? host.slice(1, -1) : host;
}

/** What stands in the header `host`. */
export function authorityOf({ scheme, host, port }: Pick<Target, "scheme" | "host" | "port">): string {
  return port === DEFAULT_PORTS[scheme] ? host : `${host}:${port}`;
}

/** Whether a path goes up again once slashes, dots or parameters in it are decoded. */
function climbs(path: string): boolean {
  let decoded = path;
  for (let round = 0; round <= MOST_DECODINGS; round++) {
    const segments = decoded.split(/[/\\]/).map((segment) => segment.split(/[;\0]/, 1)[0]);
    if (segments.some((segment) => segment === "." || segment === "..")) return true;
    const next = decoded.replaceAll(
      /%([0-7][0-9A-Fa-f])/g,
      (_, hex) => String.fromCharCode(parseInt(hex, 16)),
    );
    if (next === decoded) return false;
    decoded = next;
  }
  // Nobody encodes anything that often but to hide it.
  return true;
}

/** A text of the guest's in a message: not too long, and on one line. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);
}
