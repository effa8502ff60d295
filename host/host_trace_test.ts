// Whatever comes of a hop comes of its span: where it goes next, where it ends, and what is dead.

import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { OtlpCollector } from "@troupe/tests/servers/otlp";
import { envelopeText, read, withHost } from "./_host_testing.ts";
import { emitting, type Script } from "./_scripted_stage_testing.ts";
import { type Bench, changeDeliveries, take } from "./_testing.ts";
import { unwrapDead } from "./crew/dead_letter.ts";
import { resultRecord } from "./crew/records.ts";
import { openSqliteStore } from "./crew/sqlite_store.ts";
import type { Verdict } from "./hop_record.ts";
import { type HopEnd, type HopStart, openTracing, type Tracing } from "./observe/tracing.ts";
import { DEFAULT_POLICY } from "./resiliency.ts";
import { readTraceContext, withTraceContext } from "./trace_context.ts";
import { hopSpanId, submissionTraceId } from "./trace_ids.ts";

const CAME = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const SPAN = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "00f067aa0ba902b7", sampled: true };
const HOP = `00-${SPAN.traceId}-${SPAN.spanId}-01`;

/** Makes each hop the same span, and keeps what it was told. */
class KnownSpan implements Tracing {
  readonly begun: HopStart[] = [];
  readonly ended: HopEnd[] = [];

  hop: Tracing["hop"] = (envelope, start) => {
    this.begun.push(start);
    return {
      envelope: { ...envelope, headers: withTraceContext(envelope.headers, SPAN) },
      traceparent: HOP,
      end: (end) => void this.ended.push(end),
    };
  };
  submitted() {}
  close = () => Promise.resolve();
}

const failing = (type: string): Script => () => ({ ok: false, failure: { type, mro: [], message: "m" } });
const RULES = [
  { match: ["Again"], policy: DEFAULT_POLICY },
  { match: ["Others"], policy: { ...DEFAULT_POLICY, maxAttempts: 1, onExhausted: ["c"] } },
];

const CASES: [what: string, queue: string, script: Script, verdict: Verdict, envelope?: string][] = [
  ["goes on", "b", (envelope) => emitting(envelope, "1"), "forwarded"],
  ["is fanned out", "b", (envelope) => emitting(envelope, "1", "2"), "forwarded"],
  ["ends", "x-sink", (envelope) => emitting(envelope, "1"), "finished", envelopeText("1", { next: [] })],
  ["is aborted", "x-sink", (envelope) => emitting(envelope), "aborted"],
  ["fails", "x-sink", failing("Bad"), "failed"],
  ["is given to others", "c", failing("Others"), "rerouted"],
];

for (const [what, queue, script, verdict, text = envelopeText("1")] of CASES) {
  Deno.test(`an envelope that ${what} comes of the hop's span`, async () => {
    const tracing = new KnownSpan();
    await withHost(script, { tracing, resiliency: { rules: RULES } }, async ({ transport, send }) => {
      await send(JSON.stringify({ ...JSON.parse(text), headers: { traceparent: CAME, tracestate: "a=1" } }));
      const [delivery] = await take(transport, queue, 1);
      assert(delivery);
      const { headers } = read(delivery);
      assertEquals([headers?.traceparent, headers?.tracestate], [HOP, undefined]);
    });
    assertEquals(tracing.ended.map(({ verdict }) => verdict), [verdict]);
    assertEquals(tracing.begun.map(({ actor, transport }) => [actor, transport]), [["a", "embedded"]]);
  });
}

Deno.test("a hop that is tried again comes of the one before", async () => {
  const seen: unknown[] = [];
  const script: Script = (envelope) => {
    seen.push(envelope.headers?.traceparent);
    return seen.length === 1
      ? { ok: false, failure: { type: "Again", mro: [], message: "m" } }
      : emitting(envelope, "1");
  };
  const tracing = new KnownSpan();
  const policy = { ...DEFAULT_POLICY, initialDelayMs: 1 };
  const resiliency = { rules: [{ match: ["Again"], policy }] };
  await withHost(script, { tracing, resiliency }, async ({ transport, send }) => {
    await send(envelopeText("1"));
    await take(transport, "b", 1);
  });
  assertEquals(seen, [HOP, HOP]);
  assertEquals(tracing.ended.map(({ verdict, error }) => [verdict, error?.type]), [
    ["retried", "Again"],
    ["forwarded", undefined],
  ]);
});

for (
  const [what, text, script] of [
    ["that an actor gives up", envelopeText("1"), failing("troupe.Fatal")],
    ["that is not for this actor", envelopeText("1").replace('"curr":"a"', '"curr":"b"'), failing("never")],
  ] as const
) {
  Deno.test(`a dead letter ${what} names the hop's span, and its bytes are as they came`, async () => {
    const tracing = new KnownSpan();
    await withHost(script, { tracing }, async ({ transport, send }) => {
      await send(text);
      const [delivery] = await take(transport, "x-sump", 1);
      const letter = delivery && unwrapDead(delivery.body);
      assertEquals(letter?.traceparent, HOP);
      assertEquals(new TextDecoder().decode(letter?.body), text);
    });
    assertEquals(tracing.ended.map(({ verdict }) => verdict), ["dead"]);
  });
}

Deno.test("what is no envelope is no span, and dies all the same", async () => {
  const tracing = new KnownSpan();
  await withHost(failing("never"), { tracing }, async ({ transport, send }) => {
    await send("nonsense");
    const [delivery] = await take(transport, "x-sump", 1);
    assertEquals(delivery && unwrapDead(delivery.body)?.traceparent, undefined);
  });
  assertEquals([tracing.begun, tracing.ended], [[], []]);
});

Deno.test("a hop that is done twice is one span, and what came of it twice is one result", async () => {
  await using collector = new OtlpCollector();
  const before = Deno.env.get("OTEL_EXPORTER_OTLP_ENDPOINT");
  Deno.env.set("OTEL_EXPORTER_OTLP_ENDPOINT", collector.environment.OTEL_EXPORTER_OTLP_ENDPOINT);
  try {
    const tracing = await openTracing(collector.environment, { service: "tests", onFailure() {} });
    let deliveries = 0;
    // The first time, the host is lost after everything was published, and before it could acknowledge.
    const wrap = ({ transport }: Bench) => ({
      transport: changeDeliveries(transport, (delivery) =>
        ++deliveries > 1 ? delivery : {
          ...delivery,
          async settle(messages) {
            const outcomes = await transport.publish(messages);
            await delivery.release();
            return { outcomes, acked: false, leaseLost: true };
          },
        }),
    });
    const script: Script = (envelope) => emitting(envelope, "1", "2");
    await withHost(script, { tracing, wrap }, async ({ transport, send, folder }) => {
      await send(envelopeText("1", { next: [] }));
      const taken = await take(transport, "x-sink", 4);
      const [parent, ...others] = new Set(taken.map((delivery) => read(delivery).headers?.traceparent));
      assertEquals(others, []);
      const { traceId } = readTraceContext({ traceparent: parent ?? "" }) ?? {};
      assertEquals(traceId, await submissionTraceId("1"));
      const store = await openSqliteStore({ path: join(folder, "results.db") });
      const recorded = await store.recordResults(taken.map(({ body }) => resultRecord(body, 0)));
      assertEquals(recorded.toSorted(), ["new", "new", "repeat", "repeat"]);
      await store.close();
    });
    await tracing.close();
    const place = { id: "1", actor: "a", hop: 0, attempt: 1, replay: 0 };
    assertEquals(collector.spans.map(({ spanId }) => spanId), [await hopSpanId(place)]);
  } finally {
    if (before === undefined) Deno.env.delete("OTEL_EXPORTER_OTLP_ENDPOINT");
    else Deno.env.set("OTEL_EXPORTER_OTLP_ENDPOINT", before);
  }
});
