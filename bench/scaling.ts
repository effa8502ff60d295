/**
 * How long it takes until an actor has the replicas that its queue wants: the controller, KEDA, an autoscaler, a broker and a
 * host for each pod really run; a node that would have to fetch an image and start a container does not, which is why a pod
 * is there at once.
 *
 * @module
 */

import { comes } from "../tests/cluster/_controller_testing.ts";
import { FAST, KedaSite } from "../tests/cluster/_keda_testing.ts";
import type { ScaledMesh } from "../tests/cluster/_scaled_mesh.ts";
import { quantile, type Row } from "./table.ts";

const ROUNDS = 3;
const REPLICAS = 3;
/** Envelopes of a round, and how long each takes, in milliseconds: enough for all replicas to come. */
const WORK = { count: 60, ms: 300 };

/** The ways in which KEDA looks at a queue, by the transports of a site. */
const WAYS = { default: "over AMQP", seen: "over HTTP" } as const;

/** Seconds from the envelopes' being in the queue; the last from the last result. */
interface Round {
  readonly first: number;
  readonly result: number;
  readonly all: number;
  readonly none: number;
}

/** Measures it. */
export async function benchScaling(): Promise<Row[]> {
  await using site = await KedaSite.start();
  const rows: Row[] = [];
  for (const transport of ["default", "seen"] as const) {
    await using mesh = await site.mesh(await site.control.makeNamespace(), {
      transport,
      limits: { timeout: "1s" },
      scaling: { ...FAST, max: REPLICAS, queueLength: 4 },
    });
    await comes(mesh.client, mesh.actor, ["Ready", "True"]);
    const rounds: Round[] = [];
    // The first fills the cache of components.
    for (let round = 0; round <= ROUNDS; round++) {
      const measured = await measure(mesh);
      if (round > 0) rounds.push(measured);
    }
    const median = (of: (round: Round) => number) => `${quantile(rounds.map(of), 0.5).toFixed(1)} s`;
    rows.push(
      { what: `${WAYS[transport]}, 0 → 1`, value: median(({ first }) => first) },
      { what: `${WAYS[transport]}, 0 → the first result`, value: median(({ result }) => result) },
      { what: `${WAYS[transport]}, 0 → ${REPLICAS}`, value: median(({ all }) => all) },
      {
        what: `${WAYS[transport]}, the last result → 0`,
        value: median(({ none }) => none),
        note: transport === "default"
          ? "after limits.timeout, 1 s here, as work in hand is not seen"
          : "the broker's figures are some 10 s old",
      },
    );
  }
  return rows;
}

async function measure(mesh: ScaledMesh): Promise<Round> {
  const { arrived } = mesh;
  await mesh.send(WORK.count, WORK.ms);
  const sent = performance.now();
  const since = async (done: Promise<void>, from = sent) => {
    await done;
    return (performance.now() - from) / 1000;
  };
  const [first, result, all] = await Promise.all([
    since(mesh.pods.until((present) => present > 0)),
    since(mesh.came(arrived + 1)),
    since(mesh.pods.until((present) => present === REPLICAS)),
    mesh.allCame(),
  ]);
  const none = await since(mesh.pods.until((present) => present === 0), performance.now());
  await mesh.account();
  return { first, result, all, none };
}
