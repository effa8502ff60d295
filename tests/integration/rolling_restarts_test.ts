// Replicas of an actor as a cluster rolls them: under load, each in its turn is asked to end while it has envelopes in hand,
// and another takes its place. Nobody who sent something is to notice.

import { assert, assertEquals } from "@std/assert";
import { buildActor } from "@troupe/cli/build";
import { parseActorSpec } from "@troupe/controller/spec";
import { openSqliteStore } from "@troupe/host/crew/sqlite_store";
import type { StoredResult } from "@troupe/host/crew/store";
import { HOP_TOPIC, type HopRecord } from "@troupe/host/hop_record";
import type { Transport } from "@troupe/host/transport";
import { openTransport } from "@troupe/host/transport/open";
import { join } from "@std/path";
import { MainProcess } from "../../host/_main_process_testing.ts";
import { unlessStuck } from "../../host/_testing.ts";
import { lacksRabbitmq, RabbitmqServer } from "../servers/rabbitmq.ts";
import { actorYaml, TestMesh } from "./_mesh_folder.ts";
import { eventually } from "./_waiting_mesh.ts";

/** Takes 20 ms, so that there is something in hand when a replica is to end. */
const WORK = `export function handle(n) {
  const end = Date.now() + 20;
  while (Date.now() < end);
  return n + 1;
}
`;
const SPEC = "  isolation: reuse\n  limits:\n    concurrency: 2\n";
/** Replicas at once. */
const REPLICAS = 3;
/** Pause between two envelopes of the steady load, in milliseconds. */
const LOAD_MS = 100;
/** Envelopes that are sent at once just before a replica is to end: more than all of them can have in hand. */
const BURST = 2 * REPLICAS + 1;

/** What the mesh is watched by, and put under load with. */
class Load {
  readonly hops: HopRecord[] = [];
  readonly #transport: Transport;
  readonly #stop: () => void;
  #timer: ReturnType<typeof setInterval>;
  #publishing = new Set<Promise<void>>();
  #waiting: (() => void)[] = [];
  #sent = 0;
  #ended = false;

  constructor(transport: Transport) {
    this.#transport = transport;
    this.#stop = transport.subscribe(HOP_TOPIC, (bytes) => {
      const hop: HopRecord = JSON.parse(new TextDecoder().decode(bytes));
      if (hop.actor !== "work") return;
      this.hops.push(hop);
      for (const wake of this.#waiting.splice(0)) wake();
    });
    this.#timer = setInterval(async () => {
      // No more than is done: a machine that is slow is to have as much in hand, and no heap of what waits.
      const { ready } = await transport.depth("work");
      if (ready < BURST && !this.#ended) this.send(1);
    }, LOAD_MS);
  }

  /** How many envelopes were sent: their ids are the numbers below it, which are their payloads too. */
  get sent(): number {
    return this.#sent;
  }

  send(count: number): void {
    const messages = Array.from({ length: count }, () => {
      const n = this.#sent++;
      const envelope = { id: String(n), route: { prev: [], curr: "work", next: [] }, payload: n };
      return { queue: "work", body: new TextEncoder().encode(JSON.stringify(envelope)) };
    });
    const publishing = this.#transport.publish(messages).then((outcomes) => {
      assertEquals(outcomes.filter(({ kind }) => kind !== "ok"), []);
      this.#publishing.delete(publishing);
    });
    this.#publishing.add(publishing);
  }

  /** Resolves at the next hop's end. */
  nextHop(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Ends the load; resolves when everything was taken by the transport. */
  async end(): Promise<void> {
    this.#ended = true;
    clearInterval(this.#timer);
    await Promise.all(this.#publishing);
  }

  close(): void {
    this.#ended = true;
    clearInterval(this.#timer);
    this.#stop();
  }
}

/** What the replicas of a mesh are started with. */
interface Rolling {
  /** Of the queues. */
  readonly address: string;
  readonly restarts: number;
  readonly mesh: TestMesh;
}

async function roll({ address, restarts, mesh }: Rolling): Promise<void> {
  const began = performance.now();
  const transport = await openTransport(address);
  await using stack = new AsyncDisposableStack();
  stack.defer(() => transport.close());
  await transport.declare(["work", "x-sink", "x-sump"]);
  const path = join(mesh.dir, `results-${restarts}.db`);
  const store = await openSqliteStore({ path });
  stack.defer(() => store.close());
  const start = async (...args: string[]) => {
    const process = stack.use(new MainProcess([...args, "--transport", address]));
    await unlessStuck(process.line('"it runs"'));
    return process;
  };
  const replica = () =>
    start(join(mesh.dir, "work", "actor.yaml"), "--cache", join(mesh.dir, "cache"), "--log", "json");
  const sink = await start("x-sink", "--store", path);

  const load = new Load(transport);
  stack.defer(() => load.close());
  const ended: {
    readonly host: string;
    readonly at: number;
    readonly code: number;
    readonly said: string;
  }[] = [];
  const end = async (process: MainProcess) => {
    const at = Date.now();
    process.kill("SIGTERM");
    // The grace that it is given is a minute.
    const { code, stderr } = await unlessStuck(process.end());
    ended.push({ host: process.host, at, code, said: stderr });
  };
  let left = restarts;
  const last = await Promise.all(Array.from({ length: REPLICAS }, async () => {
    let running = await replica();
    while (left-- > 0) {
      const [next] = await Promise.all([
        replica(),
        (async (old: MainProcess) => {
          if ((await transport.depth("work")).ready < BURST) load.send(BURST);
          await unlessStuck(load.nextHop());
          await end(old);
        })(running),
      ]);
      running = next;
    }
    return running;
  }));
  await load.end();
  for (let all = false; !all;) {
    const before = (await store.counts()).results;
    // As long as something ends, the rest is only waiting for its turn.
    all = await eventually(`one more than ${before} of ${load.sent} ends`, async () => {
      const { results, dead } = await store.counts();
      if (results + dead >= load.sent) return "all" as const;
      return results > before ? "more" as const : undefined;
    }) === "all";
  }
  await Promise.all(last.map(end));
  await end(sink);

  assertEquals(ended.filter(({ code }) => code !== 0), []);
  assertEquals(ended.length, restarts + REPLICAS + 1);
  const results: StoredResult[] = [];
  for (let after: number | undefined = 0; after !== undefined;) {
    const page = await store.results({ after });
    results.push(...page.items);
    after = page.next;
  }
  assertEquals(
    results.map((
      { id, phase, payload, repeats, conflicts },
    ) => [Number(id), phase, payload, repeats, conflicts])
      .sort(([a], [b]) => Number(a) - Number(b)),
    Array.from({ length: load.sent }, (_, n) => [n, "succeeded", String(n + 1), 0, 0]),
  );
  assertEquals((await store.dead()).items, []);
  assertEquals(load.hops.filter(({ verdict, attempt }) => verdict !== "finished" || attempt !== 1), []);
  assertEquals(new Set(load.hops.map(({ id }) => id)).size, load.hops.length, "a hop was made twice");
  const busy = ended.filter(({ host, at }) =>
    load.hops.some((hop) => hop.host === host && hop.startedAt <= at && at < hop.finishedAt)
  );
  assert(busy.length * 4 > restarts, `only ${busy.length} had something in hand: this test shows nothing`);
  const seconds = Math.round((performance.now() - began) / 1000);
  console.log(
    `${restarts} restarts, ${busy.length} with something in hand; ${load.sent} envelopes; ${seconds} s`,
  );
}

async function makeMesh(): Promise<TestMesh> {
  const mesh = await TestMesh.make({ work: WORK });
  await mesh.writeYaml("work", actorYaml("work", SPEC));
  const file = join(mesh.dir, "work", "actor.yaml");
  await buildActor(parseActorSpec(await Deno.readTextFile(file), { file }), { check: false });
  return mesh;
}

/** TROUPE_RESTARTS says how many; 200 take some three minutes. */
const RESTARTS = Number(Deno.env.get("TROUPE_RESTARTS") ?? 40);

Deno.test("rolling restarts under load: nothing is lost, made twice or tried again", async () => {
  await using mesh = await makeMesh();
  await roll({ address: `embedded:${join(mesh.dir, "mesh.db")}`, restarts: RESTARTS, mesh });
});

Deno.test({
  name: "20 rolling restarts under load, on RabbitMQ",
  ignore: lacksRabbitmq(),
  async fn() {
    const server = await RabbitmqServer.start();
    try {
      await using mesh = await makeMesh();
      await roll({ address: server.address({ namespace: "rolling" }), restarts: 20, mesh });
    } finally {
      await server.stop();
    }
  },
});
