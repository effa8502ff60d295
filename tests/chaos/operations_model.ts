/**
 * What a task of the operations run must come to, computed apart: nothing of the host's code is imported here.
 *
 * @module
 */

import { arePiecesPaused, isNested, isPaused, type OperationsTask } from "./operations_actors.ts";
import { uuid5 } from "./model.ts";

/** A join, as it has to be found. */
export interface ExpectedJoin {
  /** The fan-out. */
  readonly g: string;
  /**
   * Whether it is within another fan-out. Each execution of that one has a join of its own then, with its own slices; the
   * join of an outermost fan-out is one, however often its hop was run.
   */
  readonly isInner: boolean;
  readonly joined: number;
  readonly missing: readonly number[];
}

/** Everything that a task comes to. */
export interface ExpectedOperations {
  /** By id: phase and payload, `succeeded {…}`. */
  readonly results: ReadonlyMap<string, string>;
  /** Keys of dead letters, with their reason. */
  readonly dead: readonly string[];
  readonly joins: readonly ExpectedJoin[];
  /** Keys of pauses. */
  readonly pauses: readonly string[];
}

/** What goes on from a step; or how it ended, `failed RangeError`. */
type Outcome = { readonly payload: object } | { readonly end: string };

interface Tally {
  readonly sum: number;
  readonly characters: number;
  readonly answered: number;
  readonly missing: readonly number[];
  readonly ended: readonly string[];
}

interface Piece {
  readonly square: number;
  readonly text?: string;
  readonly by?: string;
}

const BY = { by: "somebody" };
const childOf = (id: string, actor: string, hop: number, i: number): string =>
  i === 0 ? id : uuid5(JSON.stringify([id, actor, hop, i]));
const count = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** The id under which a task is submitted. */
export const operationId = ({ k }: OperationsTask): string => `operation-${k}`;

/** Computes it. */
export function expectedOperations(task: OperationsTask): ExpectedOperations {
  const root = operationId(task);
  const results = new Map<string, string>();
  const [dead, joins, pauses]: [string[], ExpectedJoin[], string[]] = [[], [], []];
  const hop = isNested(task) ? 2 : 1;

  const pieceOf = (id: string, part: number, piece: number): Outcome => {
    const x = 7 * task.k + 3 * part + piece;
    const came = JSON.stringify({ ...task, part, piece });
    if (x % 31 === 3) {
      dead.push(`${id}/${hop}/0 troupe.Fatal`);
      return { end: "dead troupe.Fatal" };
    }
    if (x % 37 === 11) {
      results.set(id, `succeeded ${came}`);
      return { end: "succeeded Aborted" };
    }
    if (x % 23 === 5) {
      results.set(id, `failed ${came}`);
      return { end: "failed RangeError" };
    }
    const isAsked = arePiecesPaused(task);
    if (isAsked) pauses.push(`${id}/${hop + 1}/0`);
    return {
      payload: {
        square: x ** 2,
        ...task.text ? { text: task.text } : {},
        ...isAsked ? BY : {},
      } satisfies Piece,
    };
  };

  const joinOf = (at: Omit<ExpectedJoin, "joined" | "missing">, outcomes: readonly Outcome[]): Outcome => {
    const missing = [...outcomes.entries()].flatMap(([i, outcome]) => "end" in outcome ? [i] : []);
    joins.push({ ...at, joined: outcomes.length - missing.length, missing });
    const ends = outcomes.flatMap((outcome) => "end" in outcome ? [outcome.end] : []);
    if (ends.length === outcomes.length) {
      return { end: ends.find((end) => !end.startsWith("succeeded")) ?? ends[0] as string };
    }
    return { payload: tallyOf(outcomes, missing) };
  };

  const parts = count(task.n).map((part) => {
    const id = childOf(root, "cut", 0, part);
    if (!isNested(task)) return pieceOf(id, part, 0);
    const pieces = count(1 + (task.k + part) % 2).map((piece) =>
      pieceOf(childOf(id, "slice", 1, piece), part, piece)
    );
    return joinOf({ g: uuid5(JSON.stringify([id, "slice", 1])), isInner: true }, pieces);
  });
  const done = joinOf({ g: uuid5(JSON.stringify([root, "cut", 0])), isInner: false }, parts);
  if ("payload" in done) {
    // As many steps as there were before it: cut, shaky, x-join, tally, and for a fan-out in a fan-out three more.
    if (isPaused(task)) pauses.push(`${root}/${isNested(task) ? 7 : 4}/0`);
    // In the place of the end of its first slice, which has the same id.
    results.set(root, `succeeded ${JSON.stringify({ ...done.payload, ...isPaused(task) ? BY : {} })}`);
  }
  return { results, dead, joins, pauses };
}

function tallyOf(outcomes: readonly Outcome[], missing: readonly number[]): Tally {
  const there = outcomes.flatMap((outcome) =>
    "payload" in outcome ? [outcome.payload as Partial<Tally & Piece>] : []
  );
  const sum = (of: (part: Partial<Tally & Piece>) => number) =>
    there.reduce((sum, part) => sum + of(part), 0);
  return {
    sum: sum(({ square, sum = 0 }) => square ?? sum),
    characters: sum(({ text, characters }) => characters ?? text?.length ?? 0),
    answered: sum(({ by, answered = 0 }) => by ? 1 : answered),
    missing,
    ended: [
      ...outcomes.flatMap((outcome, i) => "end" in outcome ? [`${i} ${outcome.end}`] : []),
      ...outcomes.flatMap((outcome, i) =>
        "payload" in outcome
          ? ((outcome.payload as Partial<Tally>).ended ?? []).map((end) => `${i}/${end}`)
          : []
      ),
    ],
  };
}
