/**
 * What a controller has asked of the API server, as that has written it down.
 *
 * @module
 */

import { FIELD_MANAGER } from "@troupe/controller/build";
import type { ControllerSite } from "../../tests/cluster/_controller_testing.ts";
import type { AuditedRequest } from "../../tests/cluster/control_plane.ts";

/** How many calls of each sort there were, by verb and resource. */
export type Calls = Readonly<Record<string, number>>;

/** The calls of a site's controllers among requests, without those for its lease. */
export function callsOf({ namespace }: ControllerSite, requests: readonly AuditedRequest[]): Calls {
  const account = `system:serviceaccount:${namespace}:${FIELD_MANAGER}`;
  const counts: Record<string, number> = {};
  for (const { user, verb, objectRef } of requests) {
    if (user.username !== account || objectRef === undefined || objectRef.resource === "leases") continue;
    const { resource, subresource } = objectRef;
    const call = `${verb} ${resource}${subresource === undefined ? "" : `/${subresource}`}`;
    counts[call] = (counts[call] ?? 0) + 1;
  }
  return counts;
}

/** The most frequent first, each divided by something; none that comes to nothing then. */
export function summary(calls: Calls, by: number): string {
  return Object.entries(calls).sort(([, a], [, b]) => b - a)
    .map(([call, count]) => [call, (count / by).toFixed(1)]).filter(([, count]) => count !== "0.0")
    .map((row) => row.join(" ")).join(", ");
}
