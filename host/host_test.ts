import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { echo, emitting, failing } from "./_scripted_stage_testing.ts";
import { envelopeText, read, withHost } from "./_host_testing.ts";
import { gate, take, utf8 } from "./_testing.ts";
import { unwrapDead } from "./crew/dead_letter.ts";
import { encodeEnvelope, type Envelope } from "./envelope.ts";
import { framesOf } from "./fan.ts";
import { HOP_TOPIC, type HopRecord } from "./hop_record.ts";
import { childId } from "./lineage.ts";
import { createMetrics } from "./observe/metrics.ts";

const EMPTY = { ready: 0, delayed: 0, leased: 0 };

Deno.test("an envelope goes to the next actor, and is gone from its queue", async () => {
  await withHost(echo, {}, async ({ transport, send, stage }) => {
    await send(envelopeText("1", { payload: { n: 7 }, headers: { h: 1 }, "of asya": true }));
    const [delivery] = await take(transport, "b", 1);
    assert(delivery);
    const { status, ...child } = read(delivery);
    assertEquals(child, {
      id: "1",
      route: { prev: ["a"], curr: "b", next: [] },
      headers: Object.assign(Object.create(null), { h: 1 }),
      payload: '{"n":7}',
      extra: [{ key: "of asya", keyText: '"of asya"', valueText: "true" }],
    });
    assertEquals([status?.phase, status?.actor, status?.attempt], ["pending", "b", 1]);
    assertEquals(await transport.depth("a"), EMPTY);
    assertEquals(stage.ran.map(({ id }) => id), ["1"]);
  });
});

Deno.test("an envelope that is fanned out becomes several, counted, with ids of their own", async () => {
  await withHost((envelope) => emitting(envelope, "0", "1", "2"), {}, async ({ transport, send }) => {
    await send(envelopeText("1", { next: ["b", "c"] }));
    const children = (await take(transport, "b", 3)).map(read).sort((x, y) =>
      Number(x.payload) - Number(y.payload)
    );
    const place = { actor: "a", hop: 0 };
    assertEquals(children.map(({ id }) => id), [
      "1",
      await childId("1", { ...place, index: 1 }),
      await childId("1", { ...place, index: 2 }),
    ]);
    assertEquals(children.map(({ parentId }) => parentId), [undefined, "1", "1"]);
    assertEquals(children.map(({ headers }) => framesOf(headers).map(({ i, n }) => [i, n])), [[[0, 3]], [[
      1,
      3,
    ]], [[2, 3]]]);
    assertEquals(new Set(children.map(({ headers }) => framesOf(headers)[0]?.run)).size, 1);
  });
});

Deno.test("the end of a route, an abort and a failure go to x-sink; what is fatal goes to x-sump", async () => {
  const script = (envelope: Envelope) => {
    if (envelope.id === "none") return { ok: true, emits: [] } as const;
    return envelope.id === "done" ? emitting(envelope, "9") : failing(envelope.id);
  };
  await withHost(script, {}, async ({ transport, send, lines }) => {
    const body = envelopeText("troupe.Fatal");
    await send(envelopeText("done", { next: [] }), envelopeText("none"), envelopeText("ValueError"), body);
    const ended = (await take(transport, "x-sink", 3)).map(read).sort((x, y) => x.id < y.id ? -1 : 1);
    assertEquals(ended.map(({ id, status }) => [id, status?.phase, status?.reason, status?.error?.type]), [
      ["ValueError", "failed", undefined, "ValueError"],
      ["done", "succeeded", undefined, undefined],
      ["none", "succeeded", "Aborted", undefined],
    ]);
    assertEquals(ended[0]?.route, { prev: [], curr: "a", next: ["b"] });
    const [dead] = await take(transport, "x-sump", 1);
    const letter = unwrapDead(dead?.body as Uint8Array);
    assertEquals([letter?.reason, letter?.error?.type], ["troupe.Fatal", "troupe.Fatal"]);
    assertEquals(letter?.body, utf8(body));
    assertEquals(lines.filter(({ message }) => message === "a hop failed").map(({ type }) => type).sort(), [
      "ValueError",
      "troupe.Fatal",
    ]);
  });
});

Deno.test("what cannot be processed goes to x-sump as it came, with its reason, and does no harm to the others", async () => {
  const long = JSON.stringify(Array.from({ length: 257 }, () => "b"));
  const bad: [reason: string, body: string | Uint8Array][] = [
    ["troupe.MalformedEnvelope", "not JSON"],
    ["troupe.MalformedEnvelope", ""],
    ["troupe.MalformedEnvelope", Uint8Array.of(0xff, 0xfe, 0)],
    ["troupe.MalformedEnvelope", '{"route":{"prev":[],"curr":"a","next":[]} }'],
    ["troupe.MalformedEnvelope", '{"id":"1","route":{"prev":[],"curr":"a","next":"b"}}'],
    ["troupe.RouteMismatch", '{ "id":"other","route":{"prev":[],"curr":"b","next":[]}, "payload": -0 }'],
    ["troupe.RouteMismatch", '{"id":"over","route":{"prev":["a"],"curr":"","next":[]}}'],
    ["troupe.TooLarge", envelopeText("large", { payload: "x".repeat(10_000) })],
    ["troupe.TooManyHops", `{"id":"far","route":{"prev":${long},"curr":"a","next":[]}}`],
    ["troupe.RouteTooLong", `{"id":"long","route":{"prev":[],"curr":"a","next":${long}}}`],
  ];
  await withHost(echo, { maxEnvelopeBytes: 10_000 }, async ({ transport, send, stage, lines }) => {
    await send(envelopeText("before"), ...bad.map(([, body]) => body), envelopeText("after"));
    const letters = (await take(transport, "x-sump", bad.length)).map(({ body }) => unwrapDead(body));
    const decoder = new TextDecoder("latin1");
    const shown = (reason: string, body: string | Uint8Array) =>
      `${reason} ${decoder.decode(typeof body === "string" ? utf8(body) : body)}`;
    assertEquals(
      letters.map((letter) => shown(letter?.reason ?? "", letter?.body ?? "")).sort(),
      bad.map(([reason, body]) => shown(reason, body)).sort(),
    );
    for (const letter of letters) assertEquals([letter?.queue, letter?.actor], ["a", "a"]);
    assertEquals((await take(transport, "b", 2)).map((delivery) => read(delivery).id).sort(), [
      "after",
      "before",
    ]);
    assertEquals(stage.ran.length, 2);
    const told = lines.filter(({ level }) => level === "warn");
    assertEquals(told.map(({ code }) => code).sort(), bad.map(([code]) => code).sort());
  });
});

Deno.test("a deadline that has passed fails the envelope without running the actor", async () => {
  await withHost(echo, {}, async ({ transport, send, stage }) => {
    const deadline_at = "2020-01-01T00:00:00Z";
    await send(envelopeText("late", { status: { deadline_at } }));
    const [delivery] = await take(transport, "x-sink", 1);
    const { status, route } = read(delivery as { body: Uint8Array });
    assertEquals([status?.phase, status?.error?.type, status?.deadline_at], [
      "failed",
      "troupe.DeadlineExceeded",
      deadline_at,
    ]);
    assertStringIncludes(status?.error?.message ?? "", "before");
    assertEquals([route.curr, stage.ran.length], ["a", 0]);
  });
});

Deno.test("a deadline that passes while the actor works fails the envelope, whatever the actor says", async () => {
  const script = async (envelope: Envelope) => {
    const until = Date.parse(envelope.status?.deadline_at ?? "");
    while (Date.now() <= until) await new Promise((resolve) => setTimeout(resolve, 10));
    return emitting(envelope, "0", "1");
  };
  await withHost(script, {}, async ({ transport, send, stage }) => {
    const deadline_at = new Date(Date.now() + 1_000).toISOString();
    await send(envelopeText("late", { status: { deadline_at } }));
    const [delivery] = await take(transport, "x-sink", 1);
    const { status, payload, headers } = read(delivery as { body: Uint8Array });
    assertEquals([status?.error?.type, payload, headers], ["troupe.DeadlineExceeded", '{"n":1}', undefined]);
    assertEquals(stage.ran.length === 0 || /while/.test(status?.error?.message ?? ""), true);
    assertEquals((await transport.depth("b")).ready, 0);
  });
});

Deno.test("a deadline that is ahead, or cannot be read, holds nobody up", async () => {
  await withHost(echo, {}, async ({ transport, send }) => {
    const deadlines = ["2999-01-01T00:00:00Z", "whenever", ""];
    await send(...deadlines.map((deadline_at, n) => envelopeText(`${n}`, { status: { deadline_at } })));
    const children = (await take(transport, "b", deadlines.length)).map(read).sort((x, y) =>
      x.id < y.id ? -1 : 1
    );
    assertEquals(children.map(({ status }) => status?.deadline_at), deadlines);
  });
});

Deno.test("each hop is told to whoever listens, with the payload where that is asked for and small", async () => {
  await withHost(
    (envelope) => envelope.id === "bad" ? failing("E", "why") : emitting(envelope, "0", "1"),
    { recordPayloadBytes: 8 },
    async ({ transport, send }) => {
      const records: HopRecord[] = [];
      const all = gate();
      transport.subscribe(HOP_TOPIC, (bytes) => {
        records.push(JSON.parse(new TextDecoder().decode(bytes)));
        if (records.length === 4) all.open();
      });
      const before = Date.now();
      const headers = { "x-troupe-root": "root" };
      await send(
        envelopeText("good", { parent_id: "up", headers, status: { attempt: 2 } }),
        envelopeText("bad", { payload: "12345678" }),
        // Eight characters, and more bytes than that.
        envelopeText("wide", { payload: "éééééé" }),
        "not JSON",
        envelopeText("last", { payload: 8 }),
      );
      await all.opened;
      const byId = new Map(records.map((record) => [record.id, record]));
      const good = byId.get("good");
      assert(good);
      const { startedAt, finishedAt, host, ...rest } = good;
      assertEquals(rest, {
        id: "good",
        parentId: "up",
        root: "root",
        actor: "a",
        hop: 0,
        attempt: 2,
        verdict: "forwarded",
        children: [
          { id: "good", to: "b" },
          { id: await childId("good", { actor: "a", hop: 0, index: 1 }), to: "b" },
        ],
        payload: '{"n":1}',
      });
      assert(before <= startedAt && startedAt <= finishedAt && finishedAt <= Date.now());
      assertStringIncludes(host, `:${Deno.pid}`);
      const bad = byId.get("bad");
      assertEquals([bad?.verdict, bad?.error, bad?.children], [
        "failed",
        { type: "E", message: "why" },
        [{ id: "bad", to: "x-sink" }],
      ]);
      assertEquals([bad?.payload, byId.get("wide")?.payload, byId.get("last")?.payload], [
        undefined,
        undefined,
        "8",
      ]);
    },
  );
});

Deno.test("by default no payload is told", async () => {
  await withHost(echo, {}, async ({ transport, send }) => {
    const record = gate<HopRecord>();
    transport.subscribe(HOP_TOPIC, (bytes) => record.open(JSON.parse(new TextDecoder().decode(bytes))));
    await send(envelopeText("1", { payload: 1 }));
    assertEquals("payload" in await record.opened, false);
  });
});

Deno.test("everything that happens is counted", async () => {
  const metrics = await createMetrics();
  await withHost(
    (envelope) => envelope.id === "bad" ? failing("E") : emitting(envelope, "0", "1"),
    { metrics },
    async ({ transport, send, host, done }) => {
      await send(envelopeText("good"), envelopeText("bad"), "not JSON");
      await Promise.all([
        take(transport, "b", 2),
        take(transport, "x-sink", 1),
        take(transport, "x-sump", 1),
      ]);
      await host.drain();
      await done;
      const { text } = await metrics.render();
      for (
        const sample of [
          'troupe_envelopes_received_total{actor="a"} 3',
          'troupe_hops_total{actor="a",verdict="forwarded"} 1',
          'troupe_hops_total{actor="a",verdict="failed"} 1',
          'troupe_hops_total{actor="a",verdict="dead"} 1',
          'troupe_hop_failures_total{actor="a",type="E"} 1',
          'troupe_hop_failures_total{actor="a",type="troupe.MalformedEnvelope"} 1',
          'troupe_envelopes_emitted_total{actor="a"} 4',
          'troupe_publishes_total{actor="a",outcome="ok"} 4',
          'troupe_envelopes_in_flight{actor="a"} 0',
          'troupe_hop_seconds_count{actor="a"} 3',
        ]
      ) assertStringIncludes(text, sample);
    },
  );
});

Deno.test("what is sent on reads back as it was sent, and every byte of the payload is the actor's", async () => {
  const payloads = ["-0", "9007199254740993", '{"a":1,"a":2}', '"\\ud800"', "[ 1 ,\n2]"];
  await withHost((envelope) => emitting(envelope, ...payloads), {}, async ({ transport, send }) => {
    await send(envelopeText("1"));
    const deliveries = await take(transport, "b", payloads.length);
    assertEquals(deliveries.map((delivery) => read(delivery).payload).sort(), [...payloads].sort());
    for (const delivery of deliveries) assertEquals(encodeEnvelope(read(delivery)), delivery.body);
  });
});
