/**
 * What the settings of all servers that hosts speak to have in common.
 *
 * @module
 */

import { z } from "zod";
import { field } from "./_schema.ts";
import { dataKey, list, object, objectName } from "./_fields.ts";
import { peer, peerOf } from "./peer.ts";

/** A host and a port. */
export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

/** An entry of a Secret. */
export const secretKey = object({
  name: field(objectName("a Secret"), "Name of the Secret, which is in each namespace that has actors."),
  key: field(dataKey, "Its entry."),
}, "an object with name and key");

/** The field that says who a server is, for policies. */
export const peers = list(peer, { what: "a list of peers", most: 32 }).min(1, {
  error: "has to have an entry at least: without one, nothing could be reached",
}).optional();

/** What every check of an address says, instead of throwing. */
export function problemIn(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A check that policies can name the hosts of an address. */
export function wantsPeers<T>(hostsOf: (settings: T) => readonly string[]) {
  return (settings: T & { readonly peers?: unknown }, context: z.RefinementCtx): void => {
    if (settings.peers !== undefined) return;
    const unknown = hostsOf(settings).filter((host) => peerOf(host) === undefined);
    if (unknown.length === 0) return;
    context.addIssue({
      code: "custom",
      message:
        `needs peers: a network policy cannot name ${unknown.join(", ")}. Say which addresses it has ` +
        "([{ cidr: 10.1.0.0/16 }]), or, for a service of the cluster, write NAME.NAMESPACE.svc in the address",
    });
  };
}
