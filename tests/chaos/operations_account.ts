/**
 * The account of an operations run: what its store holds, against what had to come.
 *
 * @module
 */

import type { JoinGroup, Joining } from "@troupe/host/crew/joining";
import type { CrewStore } from "@troupe/host/crew/store";
import { sha256 } from "./model.ts";
import type { OperationsTask } from "./operations_actors.ts";
import { type ExpectedJoin, expectedOperations, operationId } from "./operations_model.ts";

/** What came, against what had to come. All lists are empty when the account is even. */
export interface OperationsAccount {
  /** Ids without a result. */
  readonly missing: string[];
  /** Results that are not what they had to be, or had not to be at all. */
  readonly wrong: string[];
  /** Ids under which another result was found beside the first. */
  readonly conflicts: string[];
  /** Dead letters that lack, or are too many. */
  readonly dead: string[];
  /** Joins that are not complete, not exactly once, or not of what they had to be. */
  readonly joins: string[];
  /** What still waits for an answer. */
  readonly waiting: string[];
}

/** Roots whose joins are read at once. */
const AT_ONCE = 50;
/** How much of a payload is shown. */
const SHOWN = 300;

/** Makes it. */
export async function accountOfOperations(
  tasks: readonly OperationsTask[],
  store: CrewStore,
): Promise<OperationsAccount> {
  const results = new Map<string, string>();
  const dead = new Set<string>();
  const joins: { readonly root: string; readonly expected: readonly ExpectedJoin[] }[] = [];
  for (const task of tasks) {
    const expected = expectedOperations(task);
    for (const [id, result] of expected.results) results.set(id, sha256(result));
    for (const letter of expected.dead) dead.add(letter);
    joins.push({ root: operationId(task), expected: expected.joins });
  }
  const deadFound = new Set<string>();
  for await (const { key, reason } of all((after) => store.dead({ after }))) {
    deadFound.add(`${key} ${reason}`);
  }
  const waiting: string[] = [];
  for await (const { key } of all((after) => store.parking.waiting({ after }))) waiting.push(key);
  return {
    ...await resultsAgainst(results, store),
    dead: [
      ...[...dead].filter((letter) => !deadFound.has(letter)).map((letter) => `${letter}: not there`),
      ...[...deadFound].filter((letter) => !dead.has(letter)).map((letter) => `${letter}: not expected`),
    ],
    joins: await joinsAgainst(joins, store.joining),
    waiting,
  };
}

async function resultsAgainst(
  expected: ReadonlyMap<string, string>,
  store: CrewStore,
): Promise<Pick<OperationsAccount, "missing" | "wrong" | "conflicts">> {
  const found = new Set<string>();
  const [wrong, conflicts]: [string[], string[]] = [[], []];
  for await (const { id, phase, payload, conflicts: others } of all((after) => store.results({ after }))) {
    if (found.has(id)) wrong.push(`${id} ${phase}: twice`);
    found.add(id);
    const text = `${phase} ${payload}`;
    if (sha256(text) !== expected.get(id)) wrong.push(`${id} ${text.slice(0, SHOWN)}`);
    if (others > 0) conflicts.push(id);
  }
  return { missing: [...expected.keys()].filter((id) => !found.has(id)), wrong, conflicts };
}

async function joinsAgainst(
  roots: readonly { readonly root: string; readonly expected: readonly ExpectedJoin[] }[],
  joining: Joining,
): Promise<string[]> {
  const wrong: string[] = [];
  for (let i = 0; i < roots.length; i += AT_ONCE) {
    await Promise.all(
      roots.slice(i, i + AT_ONCE).map(async ({ root, expected }) => {
        const groups = new Set(await joining.groups(root));
        for (const join of expected) {
          const its = [...groups].filter(({ g }) => join.isInner ? g.startsWith(`${join.g} `) : g === join.g);
          for (const group of its) groups.delete(group);
          const isOften = join.isInner ? its.length >= 1 : its.length === 1;
          if (isOften && its.every((group) => isComplete(group, join))) continue;
          wrong.push(`${root}: ${JSON.stringify(join)} is ${JSON.stringify(its)}`);
        }
        for (const group of groups) wrong.push(`${root}: ${JSON.stringify(group)} is not expected`);
      }),
    );
  }
  return wrong;
}

/** A slice that is missing never comes: none is late. Doubles are slices of another execution. */
function isComplete({ cause, joined, missing, late }: JoinGroup, expected: ExpectedJoin): boolean {
  return cause === "all" && joined === expected.joined && late === 0 &&
    JSON.stringify(missing) === JSON.stringify(expected.missing);
}

async function* all<T>(
  read: (after: number) => Promise<{ readonly items: readonly T[]; readonly next?: number }>,
): AsyncGenerator<T> {
  for (let after: number | undefined = 0; after !== undefined;) {
    const page = await read(after);
    yield* page.items;
    after = page.next;
  }
}
