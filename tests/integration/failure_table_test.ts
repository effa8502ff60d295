// Every row of "Failure of a hop" under every kind of rules, on both transports. What the broker itself gives up never
// gets to a host: that is with the transports' tests and with those of x-sump.

import { assert, assertEquals } from "@std/assert";
import { Host } from "@troupe/host";
import { unwrapDead } from "@troupe/host/crew/dead_letter";
import { type Envelope, parseEnvelope } from "@troupe/host/envelope";
import { createLogger } from "@troupe/host/observe/logs";
import { NO_METRICS } from "@troupe/host/observe/metrics";
import type { Delivery, Transport } from "@troupe/host/transport";
import { openTransport } from "@troupe/host/transport/open";
import { join } from "@std/path";
import { type Script, ScriptedStage } from "../../host/_scripted_stage_testing.ts";
import { changeDeliveries, take, unlessStuck } from "../../host/_testing.ts";
import { lacksRabbitmq, RabbitmqServer } from "../servers/rabbitmq.ts";
import { ASKED_MS, type End, expectedEnd, type Row, ROWS, RULES } from "./_failure_rows.ts";

const ENDS = ["x-sink", "x-sump", "triage"] as const;
const FAR = "2999-01-01T00:00:00.000Z";
const CREATED = "2020-01-01T00:00:00.000Z";
const PAYLOAD = '{"n":9007199254740993,"n":-0}';

/** The name of a row; ids are `rule kind/row`. */
const rowOf = ({ id }: Pick<Envelope, "id">) => id.split("/")[1] ?? "";

function deadlineOf(row: string): string {
  switch (ROWS[row]?.kind) {
    case "late":
      return CREATED;
    case "too slow":
      return new Date(Date.now() + 5_000).toISOString();
    case "asks too late":
      return new Date(Date.now() + 120_000).toISOString();
    default:
      return FAR;
  }
}

function envelopeText(actor: string, row: string): string {
  const headers = { traceparent: "00-1-2-01", "x-troupe-fan": [{ g: "g", run: "r", i: 0, n: 2 }], own: 1 };
  const status = {
    phase: "pending",
    attempt: 1,
    created_at: CREATED,
    deadline_at: deadlineOf(row),
    tenant: "t",
  };
  return `{"id":"${actor}/${row}","parent_id":"up","route":{"prev":["p"],"curr":"${actor}","next":["c","d"]},` +
    `"headers":${JSON.stringify(headers)},"status":${
      JSON.stringify(status)
    },"other":${PAYLOAD},"payload":${PAYLOAD}}`;
}

const fails: Script = async (envelope) => {
  const { failure, kind } = ROWS[rowOf(envelope)] as Row;
  if (kind === "too slow") {
    const left = Date.parse(envelope.status?.deadline_at ?? "") - Date.now();
    // Its deadline passing is what it waits for.
    await new Promise((resolve) => setTimeout(resolve, left + 20));
  }
  return { ok: false, failure };
};

/** A replica of an actor that fails. */
function failingHost(actor: string, transport: Transport, stage: ScriptedStage): Host {
  return new Host({
    actor,
    transport: changeDeliveries(transport, (delivery) => poisoned(delivery) ? lost(delivery) : delivery),
    stage,
    logger: createLogger({ format: "json", level: "error" }),
    metrics: NO_METRICS,
    concurrency: 50,
    resiliency: RULES[actor] ?? { rules: [] },
  });
}

const poisoned = ({ body }: Delivery) => rowOf(parseEnvelope(body)) === "poison";

/** As it comes when five hosts were lost with it in hand. */
function lost(delivery: Delivery): Delivery {
  return {
    queue: delivery.queue,
    body: delivery.body,
    deliveries: 5,
    losses: 5,
    messageId: delivery.messageId,
    settle: (messages) => delivery.settle(messages),
    release: (options) => delivery.release(options),
  };
}

/** What has ended somewhere. */
interface Ended {
  readonly end: (typeof ENDS)[number];
  readonly envelope: Envelope;
  readonly reason: string;
}

function readEnded(end: Ended["end"], body: Uint8Array): Ended {
  const letter = end === "x-sump" ? unwrapDead(body) : undefined;
  const envelope = parseEnvelope(letter?.body ?? body);
  return { end, envelope, reason: letter?.reason ?? envelope.status?.error?.type ?? "" };
}

/** Takes from every end until as many have come as were sent, and then whatever else there is. */
async function collect(transport: Transport, count: number): Promise<Ended[]> {
  const all: Ended[] = [];
  const enough = Promise.withResolvers<void>();
  const consumers = ENDS.map((end) => ({ end, consumer: transport.consume(end, { inFlight: 100 }) }));
  const taking = consumers.map(async ({ end, consumer }) => {
    for await (const delivery of consumer) {
      all.push(readEnded(end, delivery.body));
      await delivery.settle([]);
      if (all.length === count) enough.resolve();
    }
  });
  await unlessStuck(enough.promise);
  for (const { consumer } of consumers) await consumer.stop();
  await Promise.all(taking);
  return all;
}

/** What no way of failing changes. */
function assertKept({ envelope, end }: Ended, runs: readonly Envelope[]): void {
  const [actor = "", row = ""] = envelope.id.split("/");
  const { status, route, ...rest } = envelope;
  const { status: _status, route: before, ...sent } = parseEnvelope(
    new TextEncoder().encode(envelopeText(actor, row)),
  );
  for (const { status: _, route, ...run } of runs) assertEquals([run, route], [sent, before]);
  assertEquals(rest, sent);
  const moved = { prev: ["p", actor], curr: "triage", next: ["b"] };
  assertEquals(route, end === "triage" ? moved : before);
  assertEquals([status?.created_at, status?.tenant], [CREATED, "t"]);
  const deadlines = new Set([...runs, envelope].map(({ status }) => status?.deadline_at));
  assertEquals(deadlines.size, 1, `${envelope.id} has had the deadlines ${[...deadlines]}`);
}

/** What a status says of attempts, while it is run again and at the end. */
function assertCounted({ envelope, end }: Ended, runs: readonly Envelope[]): void {
  const { status } = envelope;
  assertEquals(runs.map(({ status }) => status?.attempt), runs.map((_, i) => i + 1), envelope.id);
  assertEquals(runs.slice(1).map(({ status }) => status?.phase), runs.slice(1).map(() => "retrying"));
  const firsts = new Set(runs.slice(1).map(({ status }) => status?.first_attempt_at));
  assert(firsts.size <= 1, `${envelope.id} has had the first attempts ${[...firsts]}`);
  assert(!Number.isNaN(Date.parse([...firsts][0] ?? CREATED)));
  if (end === "triage") {
    assertEquals([status?.phase, status?.actor, status?.attempt], ["pending", "triage", 0]);
    assertEquals([status?.first_attempt_at, status?.max_attempts], [undefined, undefined]);
    assertEquals(status?.error?.route, ["c", "d"]);
  } else if (end === "x-sink") {
    assertEquals([status?.phase, status?.attempt], ["failed", Math.max(1, runs.length)]);
  }
}

async function table(transport: Transport): Promise<void> {
  const actors = Object.keys(RULES);
  const rows = Object.keys(ROWS);
  await transport.declare([...actors, ...ENDS]);
  const ran: { envelope: Envelope; at: number }[] = [];
  const hosts = actors.map((actor) =>
    failingHost(
      actor,
      transport,
      new ScriptedStage((envelope, stage) => {
        ran.push({ envelope, at: Date.now() });
        return fails(envelope, stage);
      }),
    )
  );
  const running = hosts.map((host) => host.run());
  try {
    const pairs = actors.flatMap((actor) => rows.map((row) => ({ actor, row })));
    const bodies = pairs.map(({ actor, row }) => ({
      queue: actor,
      body: new TextEncoder().encode(envelopeText(actor, row)),
    }));
    for (const outcome of await transport.publish(bodies)) assertEquals(outcome.kind, "ok");
    const ended = await collect(transport, pairs.length);
    const runsOf = (id: string) => ran.filter(({ envelope }) => envelope.id === id);
    const found = ended.map(({ end, envelope: { id }, reason }): [string, End] => [
      id,
      `${end}: ${reason}, ${runsOf(id).length} runs`,
    ]);
    assertEquals(
      Object.fromEntries(found.toSorted()),
      Object.fromEntries(
        pairs.map(({ actor, row }): [string, End] => [`${actor}/${row}`, expectedEnd(row, actor)]).toSorted(),
      ),
    );
    assertEquals(found.length, pairs.length);
    for (const one of ended) {
      const runs = runsOf(one.envelope.id);
      assertKept(one, runs.map(({ envelope }) => envelope));
      assertCounted(one, runs.map(({ envelope }) => envelope));
      if (ROWS[rowOf(one.envelope)]?.kind !== "asks") continue;
      for (const { envelope: { status }, at } of runs.slice(1)) {
        assert(at >= Date.parse(status?.updated_at ?? "") + ASKED_MS, `${one.envelope.id} came too early`);
      }
    }
    for (const actor of actors) assertEquals((await transport.depth(actor)).ready, 0);
  } finally {
    for (const host of hosts) await host.stop();
    await Promise.all(running);
  }
}

/** A host that is lost while it works is no attempt. */
async function lostHost(open: () => Promise<Transport>): Promise<void> {
  const first = await open();
  await first.declare(["constant", ...ENDS]);
  const seen: (number | undefined)[] = [];
  const second = Promise.withResolvers<void>();
  await first.publish([{
    queue: "constant",
    body: new TextEncoder().encode(envelopeText("constant", "own")),
  }]);
  const hanging = new ScriptedStage(({ status }) => {
    seen.push(status?.attempt);
    if (status?.attempt === 1) return { ok: false, failure: (ROWS.own as Row).failure };
    second.resolve();
    return new Promise(() => {});
  });
  const host = failingHost("constant", first, hanging);
  const running = host.run();
  await unlessStuck(second.promise);
  // The connection is gone in the middle of the second attempt.
  await first.close();
  await host.stop();
  await running;

  const other = await open();
  const stage = new ScriptedStage((envelope, self) => {
    seen.push(envelope.status?.attempt);
    return fails(envelope, self);
  });
  const successor = failingHost("constant", other, stage);
  const working = successor.run();
  try {
    await unlessStuck(take(other, "x-sink", 1));
    assertEquals(seen, [1, 2, 2, 3]);
  } finally {
    await successor.stop();
    await working;
    await other.close();
  }
}

function tests(name: string, address: (mesh: string) => string): void {
  Deno.test(`${name}: every failure under every rule`, async () => {
    const transport = await openTransport(address("table"));
    try {
      await table(transport);
    } finally {
      await transport.close();
    }
  });

  Deno.test(`${name}: a host that is lost in the middle of an attempt is not one`, () =>
    lostHost(() => openTransport(address("lost"))));
}

const folder = await Deno.makeTempDir({ prefix: "troupe_failures_" });
Deno.test.afterAll(() => Deno.remove(folder, { recursive: true }));
tests("embedded", (mesh) => `embedded:${join(folder, `${mesh}.db`)}`);

if (!lacksRabbitmq()) {
  const server = await RabbitmqServer.start();
  Deno.test.afterAll(() => server.stop());
  tests("RabbitMQ", (namespace) => server.address({ namespace }));
}
