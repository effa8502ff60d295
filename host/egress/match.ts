/**
 * Whether the grant allows a request.
 *
 * @module
 */

import { denied } from "./errors.ts";
import type { HttpRule } from "../http_rule.ts";
import { authorityOf, quoted, type Target } from "./target.ts";

/** Methods that are never sent: one is for proxies, the other has servers tell what they were sent. */
const NEVER: ReadonlySet<string> = new Set(["CONNECT", "TRACE"]);

/**
 * The method as it is sent: in upper case.
 *
 * @throws {EgressError} for what is none, and for those that are never sent.
 */
export function methodOf(text: string): string {
  if (!/^[A-Za-z-]{1,32}$/.test(text)) {
    throw denied(`${quoted(text)} is not a method of HTTP`, "HTTP-request-method-invalid");
  }
  const method = text.toUpperCase();
  if (NEVER.has(method)) {
    throw denied(`the method ${method} is never let out`, "HTTP-request-method-invalid");
  }
  return method;
}

/**
 * The entry of the grant that a request fits: the first of them.
 *
 * @throws {EgressError} when there is none; the message says how far the best one fits, and what would have to be written.
 *
 * @example
 * ```ts
 * import { matchRule } from "@troupe/host/egress/match";
 * import { parseTarget } from "@troupe/host/egress/target";
 * import { assertEquals } from "@std/assert";
 *
 * const rule = { host: "*.example.com", scheme: "https", port: 443, path: "/v1" } as const;
 * assertEquals(matchRule([rule], { method: "GET", target: parseTarget("https://a.example.com/v1/x") }), rule);
 * ```
 */
export function matchRule(
  rules: readonly HttpRule[],
  { method, target }: { readonly method: string; readonly target: Target },
): HttpRule {
  const origin = `${target.scheme}://${authorityOf(target)}`;
  const reached = rules.filter((rule) => isOrigin(rule, target));
  if (reached.length === 0) {
    throw denied(`the grant http does not list ${origin}: add it to spec.grants.http, if that is wanted`);
  }
  const found = reached.filter(({ path }) => isBeneath(target.path, path));
  if (found.length === 0) {
    const paths = [...new Set(reached.map(({ path }) => path))].join(", ");
    throw denied(`the grant http lists ${origin} with the path ${paths}, not with ${quoted(target.path)}`);
  }
  const rule = found.find(({ methods }) => !methods || methods.includes(method));
  if (!rule) {
    const methods = [...new Set(found.flatMap(({ methods }) => methods ?? []))].join(", ");
    throw denied(`the grant http lists ${origin} for ${methods}, not for ${method}`);
  }
  return rule;
}

function isOrigin(rule: HttpRule, { scheme, host, port }: Target): boolean {
  return rule.scheme === scheme && rule.port === port && isHostOf(rule.host, host);
}

/** A star stands for one label, as in certificates. */
function isHostOf(pattern: string, host: string): boolean {
  if (!pattern.startsWith("*.")) return pattern === host;
  const rest = pattern.slice(1);
  return host.endsWith(rest) && /^[^.[\]]+$/.test(host.slice(0, -rest.length));
}

/** Whether a path is another, or beneath it; a slash at the end of that makes no difference. */
function isBeneath(path: string, prefix: string): boolean {
  const segments = prefix.replace(/\/$/, "");
  return path === segments || path.startsWith(`${segments}/`);
}
