/**
 * Where a registry is.
 *
 * @module
 */

import type { OciReference } from "./reference.ts";

/** Docker's own registry is at another host than its references say. */
const HOSTS: Readonly<Record<string, string>> = { "docker.io": "registry-1.docker.io" };

/** Whether a host is this machine, to which one may speak without TLS. */
export function isLoopback(hostname: string): boolean {
  return ["127.0.0.1", "localhost", "[::1]"].includes(hostname);
}

/** The address below which a repository is. */
export function endpointOf({ registry, repository }: Pick<OciReference, "registry" | "repository">): URL {
  const host = HOSTS[registry] ?? registry;
  // As it is written: other ways to write the same address are no exception.
  const scheme = isLoopback(host.replace(/:\d+$/, "")) ? "http" : "https";
  return new URL(`${scheme}://${host}/v2/${repository}/`);
}
