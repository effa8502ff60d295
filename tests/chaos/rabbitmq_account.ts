/**
 * The account of a run on RabbitMQ: what the tap saw and what the stores hold, against what had to come.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { type Expected, expectedOf, sha256 } from "./model.ts";
import { type NumberedTask, taskOf } from "./tasks.ts";

/** What came, against what had to come. All lists are empty when the account is even. */
export interface RabbitmqAccount {
  /** Ends that had to be in the store and are not, `id phase payload-digest`. */
  readonly missing: string[];
  /** Ends that are in the store and had not to be. */
  readonly unexpected: string[];
  /** Ids that are in the store more than once. */
  readonly twice: string[];
  /** Ids that arrived again and said something else. */
  readonly conflicts: string[];
  /** Ends that the tap has not seen, or has seen and had not to see. */
  readonly wrongArrivals: string[];
  /** Envelopes that died. */
  readonly dead: string[];
}

/**
 * Makes the account, and says how many ends there are, and how many arrivals there were beyond what was submitted.
 *
 * @param submitted Each task as often as it was submitted.
 */
export async function accountOf(
  submitted: readonly NumberedTask[],
  files: { readonly dead: string; readonly results: string; readonly tap: string },
): Promise<{ account: RabbitmqAccount; ends: number; repeats: number }> {
  const expected = count(
    submitted.flatMap((task) => expectedOf(task.id, taskOf(task), { last: "left" })).map(keyOf),
  );
  const rows = read(files.results, "SELECT id, phase, payload, conflicts FROM result");
  const times = count(rows.map(({ id }) => String(id)));
  const found = new Set(
    rows.map(({ id, phase, payload }) =>
      keyOf({ id: String(id), phase: String(phase), payloadSha256: sha256(String(payload)) })
    ),
  );
  const arrivals = count(
    (await Deno.readTextFile(files.tap)).split("\n").filter(Boolean).map((line) => {
      const { id, status, payload } = JSON.parse(line);
      return keyOf({ id, phase: status?.phase, payloadSha256: sha256(JSON.stringify(payload)) });
    }),
  );
  const few = [...expected].filter(([end, times]) => (arrivals.get(end) ?? 0) < times);
  return {
    account: {
      missing: [...expected.keys()].filter((end) => !found.has(end)),
      unexpected: [...found].filter((end) => !expected.has(end)),
      twice: [...times].filter(([, times]) => times > 1).map(([id]) => id),
      conflicts: rows.filter(({ conflicts }) => Number(conflicts) > 0).map(({ id }) => String(id)),
      wrongArrivals: [
        ...few.map(([end, times]) => `${end}: ${arrivals.get(end) ?? 0} of ${times}`),
        ...[...arrivals.keys()].filter((end) => !expected.has(end)),
      ],
      dead: read(files.dead, "SELECT id, reason FROM dead").map(({ id, reason }) => `${id}: ${reason}`),
    },
    ends: rows.length,
    repeats: sum(arrivals) - sum(expected),
  };
}

function count(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, times) => sum + times, 0);
}

function keyOf({ id, phase, payloadSha256 }: Omit<Expected, "phase"> & { phase: string }): string {
  return `${id} ${phase} ${payloadSha256}`;
}

function read(file: string, query: string) {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    return db.prepare(query).all();
  } finally {
    db.close();
  }
}
