/**
 * From a name to the addresses that a connection may be made to.
 *
 * @module
 */

import { lookup } from "node:dns/promises";
import { judgeAddress } from "./address.ts";
import { EgressError } from "./errors.ts";
import { parseIp, parseNetwork } from "./ip.ts";
import type { HttpRule } from "../http_rule.ts";
import { bareHost, type Target } from "./target.ts";

/** Gives all addresses of a name, the preferred one first. */
export type Resolve = (name: string) => Promise<readonly string[]>;

/** Most addresses of a name that are tried. */
const MOST_ADDRESSES = 8;

/** Asks the resolver of the system, so that its files and search domains count as they do for everything else. */
export const resolveBySystem: Resolve = async (name) => {
  const found = await lookup(name, { all: true, verbatim: true });
  return found.map(({ address }) => address);
};

/**
 * Resolves the host of a request, once, and checks what comes of it. Connections are made to these addresses and no
 * others, whatever the name leads to a moment later.
 *
 * @returns At least one.
 * @throws {EgressError} when there is none, or none that is allowed.
 */
export async function checkedAddresses(
  { host }: Target,
  { rule, resolve }: { readonly rule: HttpRule; readonly resolve: Resolve },
): Promise<string[]> {
  const bare = bareHost(host);
  const found = parseIp(bare) ? [bare] : await ask(bare, resolve);
  const networks = (rule.addresses ?? []).map(parseNetwork).filter((network) => network !== undefined);
  const judged = found.map((address) => ({ address, ...judgeAddress(address, networks) }));
  const allowed = judged.filter(({ allowed }) => allowed).map(({ address }) => address);
  if (allowed.length > 0) return allowed.slice(0, MOST_ADDRESSES);
  const kinds = [...new Set(judged.map(({ kind }) => kind))].join(", ");
  throw new EgressError("troupe.EgressAddress", "destination-IP-prohibited", {
    message:
      `${host} leads to addresses that are not public (${kinds}): list them under addresses of its entry in ` +
      "spec.grants.http, if that is wanted",
  });
}

async function ask(name: string, resolve: Resolve): Promise<readonly string[]> {
  let found: readonly string[];
  try {
    found = await resolve(name);
  } catch (cause) {
    throw dnsError(name, cause);
  }
  if (found.length === 0) throw dnsError(name);
  return found;
}

function dnsError(name: string, cause?: unknown): EgressError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "ENOTFOUND";
  const absent = code === "ENOTFOUND";
  return new EgressError(
    "troupe.EgressFailed",
    { tag: "DNS-error", val: { rcode: absent ? "NXDOMAIN" : "SERVFAIL", infoCode: undefined } },
    { message: `${name} cannot be resolved: ${absent ? "there is no such name" : code}`, cause },
  );
}
