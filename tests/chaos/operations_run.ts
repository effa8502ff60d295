/**
 * A chaos run of what operates a mesh: hops that fail at first and are tried again after a pause, or for good; fan-outs, one
 * in another, that are joined; routes that wait for an answer; payloads that are too large to travel. Meanwhile the mesh is
 * killed. It is the same run on every transport; what it must come to is computed apart.
 *
 * @module
 */

import { writeAnswer } from "@troupe/host/crew/answer";
import { withClaims } from "@troupe/host/crew/claiming_transport";
import { openStore } from "@troupe/host/crew/open_store";
import type { CrewStore } from "@troupe/host/crew/store";
import { createLogger } from "@troupe/host/observe/logs";
import type { Transport } from "@troupe/host/transport";
import { openTransport } from "@troupe/host/transport/open";
import { accountOfOperations, type OperationsAccount } from "./operations_account.ts";
import { type OperationsTask, routeOf } from "./operations_actors.ts";
import { expectedOperations, operationId } from "./operations_model.ts";
import { seeded, shuffled } from "./random.ts";

/** A mesh that can be killed, by what runs it. */
export interface OperationsMesh<Fault extends string> {
  /** Addresses, for clients. */
  readonly transport: string;
  readonly store: string;
  /** Resolves when it runs. */
  start(): Promise<void>;
  /** Has something happen to it; resolves when that is over. @returns False when there was nobody to whom it could. */
  strike(fault: Fault, random: () => number): Promise<boolean>;
  /** Lets it come to its end. @returns What went wrong meanwhile: messages that are left, hosts that ended by themselves. */
  finish(): Promise<string[]>;
  /** Ends it, whatever it does. */
  end(): Promise<void>;
}

/** What to do to it. */
export interface OperationsOptions<Fault extends string> {
  readonly envelopes: number;
  /** How often each fault happens; in an order, and at times, by chance. */
  readonly faults: Readonly<Partial<Record<Fault, number>>>;
  readonly seed: number;
}

/** What came of it. */
export interface OperationsReport {
  readonly account: OperationsAccount & { readonly left: string[] };
  /** How often each fault has happened. */
  readonly done: Readonly<Record<string, number>>;
  /** Pauses that were answered, and had to be. */
  readonly answered: readonly [found: number, expected: number];
  /** Joins that had to be complete. */
  readonly joins: number;
  /** Slices that ended under way. */
  readonly ended: number;
  /** Payloads that did not travel. */
  readonly claims: number;
}

/** One envelope in so many has a payload that is kept in the store while it travels, of so many characters. */
const LARGE = { oneIn: 40, length: 300_000 };
/** From one look at what waits to the next, in milliseconds. */
const LOOK_MS = 200;
/** The account is made when nothing has come for so long, in milliseconds: it says what lacks. */
const STUCK_MS = 60_000;
/** Between the begin of a share of the load and the fault that strikes it, in milliseconds. */
const STRIKE_MS = { least: 100, more: 900 };

/** Runs it. */
export async function runOperationsChaos<Fault extends string>(
  mesh: OperationsMesh<Fault>,
  { envelopes, faults, seed }: OperationsOptions<Fault>,
): Promise<OperationsReport> {
  const random = seeded(seed);
  await using opened = new AsyncDisposableStack();
  opened.defer(() => mesh.end());
  await mesh.start();
  const store = await openStore(mesh.store);
  opened.defer(() => store.close());
  const logger = createLogger({ format: "text", level: "error" });
  const transport = withClaims(await openTransport(mesh.transport), {
    claims: () => Promise.resolve(store.claims),
    logger,
  });
  opened.defer(() => transport.close());

  const ended = new AbortController();
  const answering = answerAll({ store, transport }, ended.signal);
  const text = "x".repeat(LARGE.length);
  const tasks = Array.from({ length: envelopes }, (_, k): OperationsTask => ({
    k,
    n: 1 + Math.floor(random() * 3),
    ...(k % LARGE.oneIn === 0 ? { text } : {}),
  }));
  const done: Record<string, number> = {};
  const order = shuffled<Fault>(faults, random);
  for (const [i, fault] of order.entries()) {
    const share = (of: number) => Math.floor(of * envelopes / order.length);
    const sending = submit(tasks.slice(share(i), share(i + 1)), transport);
    await new Promise((resolve) => setTimeout(resolve, STRIKE_MS.least + random() * STRIKE_MS.more));
    if (await mesh.strike(fault, random)) done[fault] = (done[fault] ?? 0) + 1;
    await sending;
  }
  const sum = sumOf(tasks);
  await untilAll(sum.succeeded, store);
  ended.abort();
  const answered = await answering;
  const left = await mesh.finish();
  const account = { ...await accountOfOperations(tasks, store), left };
  return {
    account,
    done,
    answered: [answered, sum.pauses],
    joins: sum.joins,
    ended: sum.ended,
    claims: await store.claims.forget(Date.now() + 1_000),
  };
}

interface Clients {
  readonly store: CrewStore;
  readonly transport: Transport;
}

async function submit(tasks: readonly OperationsTask[], transport: Transport): Promise<void> {
  let rest = tasks.map((task) => {
    const [curr = "", ...next] = routeOf(task);
    const envelope = { id: operationId(task), route: { prev: [], curr, next }, payload: task };
    return { queue: curr, body: new TextEncoder().encode(JSON.stringify(envelope)) };
  });
  while (rest.length > 0) {
    const outcomes = await transport.publish(rest);
    rest = rest.filter((_, i) => outcomes[i]?.kind !== "ok");
  }
}

/** Answers whatever waits, each pause twice, until the signal is given. @returns How many pauses that were. */
async function answerAll({ store, transport }: Clients, signal: AbortSignal): Promise<number> {
  const answered = new Set<string>();
  while (!signal.aborted) {
    const { items } = await store.parking.waiting();
    const keys = items.map(({ key }) => key).filter((key) => !answered.has(key));
    const outcomes = await transport.publish(keys.flatMap((key) =>
      [1, 2].map((n) => ({
        queue: "x-resume",
        body: writeAnswer({ to: key, token: `${key}/${n}`, answer: '{"by":"somebody"}' }),
      }))
    ));
    // What is not known to be published is answered once more.
    for (const [i, key] of keys.entries()) if (outcomes[2 * i]?.kind === "ok") answered.add(key);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return answered.size;
}

/** Waits until so many have succeeded, and nothing waits for an answer; or until nothing has come for a long time. */
async function untilAll(succeeded: number, store: CrewStore): Promise<void> {
  let [most, since] = [-1, performance.now()];
  for (;;) {
    const { byPhase: { succeeded: found = 0 } } = await store.counts();
    if (found > most) [most, since] = [found, performance.now()];
    if (performance.now() - since > STUCK_MS) return;
    if (found >= succeeded && (await store.parking.waiting({ limit: 1 })).items.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

function sumOf(tasks: readonly OperationsTask[]) {
  const sum = { succeeded: 0, pauses: 0, joins: 0, ended: 0 };
  for (const task of tasks) {
    const { results, pauses, joins } = expectedOperations(task);
    for (const result of results.values()) if (result.startsWith("succeeded")) sum.succeeded++;
    sum.pauses += pauses.length;
    sum.joins += joins.length;
    for (const { missing } of joins) sum.ended += missing.length;
  }
  return sum;
}
