/**
 * The way of an envelope and of everything that came of it, put together from what hosts and crew recorded.
 *
 * @module
 */

import { JOIN, PAUSE, SINK, SUMP } from "@troupe/host/actor_name";
import type { JoinGroup } from "@troupe/host/crew/joining";
import type { DeadRecord, StoredResult } from "@troupe/host/crew/store";
import type { HopRecord } from "@troupe/host/hop_record";

/** Where an envelope came to its end. */
export type End =
  | { readonly kind: "result"; readonly result: StoredResult }
  | { readonly kind: "dead"; readonly dead: DeadRecord };

/** One envelope of a tree. */
export interface TraceNode {
  readonly id: string;
  /** Its hops, in order of time. A hop that was done twice, because a host was lost, is there twice. */
  readonly hops: readonly HopRecord[];
  /** Fan-outs of it that came to a join, oldest first. */
  readonly joins: readonly JoinGroup[];
  /** Where it ended; several, when it died and its replay ended elsewhere. Empty while it is under way. */
  readonly ends: readonly End[];
  /** The queue that it was sent to last, when it has not ended. Empty when nothing is known of that. */
  readonly waitingIn: string;
  /** The envelopes that were fanned out from it, in the order in which they were emitted. */
  readonly children: readonly TraceNode[];
}

/** Everything that is known of one tree. */
export interface TreeRecords {
  readonly hops: readonly HopRecord[];
  readonly results: readonly StoredResult[];
  readonly dead: readonly DeadRecord[];
  /** @default none */
  readonly joins?: readonly JoinGroup[];
}

/**
 * The tree of an envelope and its children. Pure.
 *
 * A child is known by the record of the hop that made it, by its own records, or by its result: any one of them is
 * enough, since records of hops may be lost.
 *
 * @param id The envelope to begin with: the one that was submitted, or any that came of it.
 * @returns Nothing when none of the records speaks of it.
 */
export function traceTree(id: string, records: TreeRecords): TraceNode | undefined {
  const hops = Map.groupBy(records.hops, (hop) => hop.id);
  const results = new Map(records.results.map((result) => [result.id, result]));
  const dead = Map.groupBy(records.dead, (record) => record.id);
  const { parents, sentTo } = familyOf(records);
  const children = Map.groupBy(parents.keys(), (child) => parents.get(child) ?? "");

  const known = hops.has(id) || results.has(id) || dead.has(id) || parents.has(id);
  if (!known) return undefined;

  const seen = new Set<string>();
  const node = (id: string): TraceNode => {
    // Ids come from outside as well: a forged parent must not send us around in circles.
    seen.add(id);
    const own = (hops.get(id) ?? []).toSorted((a, b) => a.startedAt - b.startedAt || a.hop - b.hop);
    const result = results.get(id);
    const ends: End[] = [
      ...(dead.get(id) ?? []).map((record): End => ({ kind: "dead", dead: record })),
      ...(result ? [{ kind: "result", result } as const] : []),
    ];
    return {
      id,
      hops: own,
      joins: (records.joins ?? []).filter(({ origin }) => origin === id),
      ends,
      waitingIn: ends.length > 0 ? "" : lastQueue(id, own) ?? sentTo.get(id) ?? "",
      children: (children.get(id) ?? []).filter((child) => !seen.has(child)).map(node),
    };
  };
  return node(id);
}

/** Who came of whom, and where each child was sent at first. Children are in the order in which they were emitted. */
function familyOf({ hops, results, dead }: TreeRecords) {
  const parents = new Map<string, string>();
  const sentTo = new Map<string, string>();
  for (const hop of hops) {
    for (const child of hop.children) {
      if (child.id === hop.id || child.id === "") continue;
      parents.set(child.id, hop.id);
      sentTo.set(child.id, child.to);
    }
  }
  for (const { id, parentId } of [...hops, ...results]) {
    if (parentId !== undefined && !parents.has(id)) parents.set(id, parentId);
  }
  // Of an envelope that died nothing but its root may be known.
  const known = new Set([...hops.map(({ id }) => id), ...results.map(({ id }) => id), ...parents.keys()]);
  for (const { id, root } of dead) {
    if (id !== "" && id !== root && !known.has(id)) parents.set(id, root);
  }
  return { parents, sentTo };
}

/** The queue that the envelope's last hop sent it to, if that hop sent it anywhere. */
function lastQueue(id: string, hops: readonly HopRecord[]): string | undefined {
  return hops.at(-1)?.children.find((child) => child.id === id)?.to;
}

/** Where an envelope that has not ended is, in words. */
export function whereabouts(node: TraceNode): string {
  if (node.waitingIn === SINK || node.waitingIn === SUMP) return `on its way through ${node.waitingIn}`;
  if (node.waitingIn === PAUSE) return `waits for an answer in ${PAUSE}, or is on its way there`;
  if (node.waitingIn === JOIN) return `came to ${JOIN}: joined, or waits for the others`;
  if (node.waitingIn !== "") return `waits for ${node.waitingIn}, or is in its hands`;
  return "under way; no record says where";
}
