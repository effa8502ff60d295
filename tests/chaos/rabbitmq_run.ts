/**
 * The chaos run on RabbitMQ: a chain of actors under load, to which faults happen at random, and an account of every end.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import type { RabbitmqServer } from "../servers/rabbitmq.ts";
import { type Fault, strike } from "./faults.ts";
import { CHAIN } from "./mesh_files.ts";
import { seeded, shuffled } from "./random.ts";
import { accountOf, type RabbitmqAccount } from "./rabbitmq_account.ts";
import { RabbitmqMesh } from "./rabbitmq_mesh.ts";
import { envelopeOf, makeTask, withResent } from "./tasks.ts";

/** The steps of a hop at which a host can be made to kill itself; see `fault_point.ts`. */
export const FAULT_POINTS = ["before-publish", "published", "confirmed", "acked"] as const;

/** What to do to a mesh. */
export interface RabbitmqChaosOptions {
  readonly server: RabbitmqServer;
  /** Where the actors were built. */
  readonly built: string;
  /** Envelopes to submit, all in all. */
  readonly envelopes: number;
  readonly seed: number;
  /** How often each fault happens; in an order, and at times, by chance. @default none */
  readonly faults?: Partial<Record<Fault, number>>;
  /** Has each replica of an actor kill itself at this step, so often. @default none */
  readonly faultPoint?: { readonly point: (typeof FAULT_POINTS)[number]; readonly times: number };
  /** The working tree whose hosts are run. @default this one */
  readonly root?: string;
}

/** What came of it. */
export interface RabbitmqChaosReport {
  readonly account: RabbitmqAccount & {
    /** Messages that are left in queues. */
    readonly left: string[];
    /** Hosts that ended by themselves, otherwise than a host may. */
    readonly failures: string[];
  };
  /** How often each fault has happened. */
  readonly done: Partial<Record<Fault, number>>;
  /** How often hosts were killed, by the run or by themselves. */
  readonly killed: number;
  readonly ends: number;
  /** Arrivals at `x-sink` beyond what was submitted: a hop, or a step of the tap, was done again. */
  readonly repeats: number;
}

/** Longest pause between the begin of a share of the load and the fault that strikes it, in milliseconds. */
const LONGEST_MS = 700;
/** A host kills itself at the latest when it was so often at its fault point. */
const MOST_OCCURRENCES = 30;

/** Runs it. */
export async function runRabbitmqChaos(options: RabbitmqChaosOptions): Promise<RabbitmqChaosReport> {
  const { server, built, envelopes, seed, root } = options;
  const random = seeded(seed);
  const folder = await Deno.makeTempDir({ prefix: "troupe_chaos_" });
  const mesh = new RabbitmqMesh({
    server,
    built,
    folder,
    ...(root === undefined ? {} : { root }),
    ...(options.faultPoint ? { preload: faultPoint(options.faultPoint, seed) } : {}),
  });
  try {
    await mesh.start();
    const tasks = Array.from({ length: envelopes }, (_, k) => makeTask(k, random));
    const submitted = withResent(tasks, random);
    const sent = submitted.map((task) => envelopeOf(task, CHAIN));
    const done: Partial<Record<Fault, number>> = {};
    const order = shuffled<Fault>(options.faults ?? {}, random);
    const shares = Math.max(1, order.length);
    const silences: Promise<void>[] = [];
    for (let i = 0; i < shares; i++) {
      const sending = mesh.send(
        sent.slice(Math.floor(i * sent.length / shares), Math.floor((i + 1) * sent.length / shares)),
      );
      const fault = order[i];
      if (fault) {
        await new Promise((resolve) => setTimeout(resolve, random() * LONGEST_MS));
        const struck = strike(fault, mesh, random).then((happened) => {
          if (happened) done[fault] = (done[fault] ?? 0) + 1;
        });
        // While one connection is silent, other things happen.
        if (fault === "silence") silences.push(struck);
        else await struck;
      }
      await sending;
    }
    await Promise.all(silences);
    const left = await mesh.finish();
    const { account, ends, repeats } = await accountOf(submitted, mesh.files);
    return {
      account: { ...account, left, failures: mesh.all.flatMap(({ failures }) => failures) },
      done,
      killed: mesh.all.reduce((sum, { killed }) => sum + killed, 0),
      ends,
      repeats,
    };
  } finally {
    await mesh.end();
    await Deno.remove(folder, { recursive: true });
  }
}

/** For each replica, chance of its own: in which order they start is not the seed's doing. */
function faultPoint({ point, times }: NonNullable<RabbitmqChaosOptions["faultPoint"]>, seed: number) {
  const file = fromFileUrl(new URL("./fault_point.ts", import.meta.url));
  return (replica: number) => {
    const random = seeded(seed + replica);
    return (start: number) => {
      const occurrence = 1 + Math.floor(random() * MOST_OCCURRENCES);
      return start < times ? { file, env: { TROUPE_FAULT: `${point}:${occurrence}` } } : undefined;
    };
  };
}
