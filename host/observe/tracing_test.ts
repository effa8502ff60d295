import { assert, assertEquals, assertNotEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { OtlpCollector, type ReceivedSpan } from "@troupe/tests/servers/otlp";
import { parseEnvelope } from "../envelope.ts";
import { readTraceContext } from "../trace_context.ts";
import { hopSpanId, submissionTraceId } from "../trace_ids.ts";
import { TracingSettingError } from "./sampler.ts";
import { type Environment, isTracingAskedFor, NO_TRACING, openTracing, type Tracing } from "./tracing.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";
const START = { actor: "a", transport: "rabbitmq", startedAt: 1_700_000_000_000 };

function envelope(more: Record<string, unknown> = {}) {
  const route = { prev: ["z"], curr: "a", next: [] };
  return parseEnvelope(new TextEncoder().encode(JSON.stringify({ id: "1", route, payload: 1, ...more })));
}

/** Runs a test with tracing to a collector; what was traced is there when `run` has resolved. */
async function traced(
  run: (tracing: Tracing, collector: OtlpCollector) => Promise<void> | void,
  more: Environment = {},
): Promise<{ readonly spans: readonly ReceivedSpan[]; readonly problems: readonly string[] }> {
  await using collector = new OtlpCollector();
  const problems: string[] = [];
  const kept = Object.fromEntries(
    Object.keys(collector.environment).map((name) => [name, Deno.env.get(name)]),
  );
  // The SDK's exporter reads the process's own environment.
  for (const [name, value] of Object.entries(collector.environment)) Deno.env.set(name, value);
  try {
    const tracing = await openTracing({ ...collector.environment, ...more }, {
      service: "tests",
      onFailure: (problem) => problems.push(problem),
    });
    await run(tracing, collector);
    await tracing.close();
  } finally {
    for (const [name, value] of Object.entries(kept)) {
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    }
  }
  return { spans: collector.spans, problems };
}

Deno.test("a hop's span has the names of the conventions, and is a child of what its envelope came of", async () => {
  const headers = {
    traceparent: `00-${TRACE}-${SPAN}-01`,
    tracestate: "vendor=x",
    "x-troupe-root": "0",
    own: 1,
  };
  const { spans } = await traced(async (tracing) => {
    const span = await tracing.hop(envelope({ headers, status: { attempt: 2 } }), START);
    assertEquals(readTraceContext(span.envelope.headers), {
      traceId: TRACE,
      spanId: await hopSpanId({ id: "1", actor: "a", hop: 1, attempt: 2, replay: 0 }),
      sampled: true,
      state: "vendor=x",
    });
    assertEquals(span.envelope.headers?.traceparent, span.traceparent);
    assertEquals(span.envelope.headers?.own, 1);
    span.end({ verdict: "forwarded", emitted: 3 });
  });
  const [span] = spans;
  assert(span && spans.length === 1);
  const { traceId, parentSpanId, traceState, name, kind, startTimeUnixNano, status, attributes, resource } =
    span;
  assertEquals({ traceId, parentSpanId, traceState, name, kind, startTimeUnixNano, status }, {
    traceId: TRACE,
    parentSpanId: SPAN,
    traceState: "vendor=x",
    name: "process a",
    kind: 5,
    startTimeUnixNano: 1_700_000_000_000_000_000n,
    status: { code: 0, message: "" },
  });
  assertEquals(attributes, {
    "messaging.system": "rabbitmq",
    "messaging.operation.name": "process",
    "messaging.operation.type": "process",
    "messaging.destination.name": "a",
    "messaging.message.id": "1",
    "messaging.message.conversation_id": "0",
    "troupe.actor": "a",
    "troupe.hop": 1,
    "troupe.attempt": 2,
    "troupe.verdict": "forwarded",
    "troupe.emitted": 3,
  });
  assertEquals([resource["service.name"], resource["service.namespace"]], ["tests", "troupe"]);
});

Deno.test("a hop that failed says why, in few words", async () => {
  const { spans } = await traced(async (tracing) => {
    const span = await tracing.hop(envelope(), { ...START, transport: "embedded", replay: 4 });
    const error = { type: "ValueError", message: "x".repeat(10_000) };
    span.end({ verdict: "failed", error, emitted: 1 });
  });
  const attributes = spans[0]?.attributes ?? {};
  assertEquals([attributes["error.type"], attributes["troupe.replay"]], ["ValueError", 4]);
  assertEquals(attributes["messaging.system"], "troupe");
  assertEquals(spans[0]?.status, { code: 2, message: "x".repeat(1_000) });
});

const INVALID = { traceparent: `00-${TRACE.toUpperCase()}-${SPAN}-01`, tracestate: "vendor=x" };
for (
  const [what, headers] of [["without a trace", {}], ["with a trace that is not valid", INVALID]] as const
) {
  Deno.test(`an envelope ${what} begins that of its submission, which all of its parts have`, async () => {
    const { spans } = await traced(async (tracing) => {
      for (const more of [{ id: "1" }, { id: "2", headers: { ...headers, "x-troupe-root": "1" } }]) {
        const span = await tracing.hop(envelope({ headers, ...more }), START);
        assertEquals(readTraceContext(span.envelope.headers)?.state, undefined);
        span.end({ emitted: 1 });
      }
    });
    const traceId = await submissionTraceId("1");
    assertEquals(spans.map((span) => [span.traceId, span.parentSpanId]), [[traceId, ""], [traceId, ""]]);
    assertNotEquals(spans[0]?.spanId, spans[1]?.spanId);
  });
}

Deno.test("a hop that is not ended is not seen; run again, it is the same span", async () => {
  const contexts: unknown[] = [];
  const { spans } = await traced(async (tracing) => {
    const [lost, again] = [await tracing.hop(envelope(), START), await tracing.hop(envelope(), START)];
    contexts.push(lost.traceparent, again.traceparent);
    again.end({ emitted: 0 });
  });
  assertEquals(contexts[0], contexts[1]);
  assertEquals(spans.length, 1);
});

Deno.test("a submission is the first span of its trace", async () => {
  const context = { traceId: TRACE, spanId: SPAN, sampled: true };
  const { spans } = await traced((tracing) =>
    tracing.submitted({ id: "1", to: "a", transport: "embedded", context, startedAt: Date.now() })
  );
  const [span] = spans;
  assertEquals([span?.traceId, span?.spanId, span?.parentSpanId], [TRACE, SPAN, ""]);
  assertEquals([span?.name, span?.kind, span?.attributes["messaging.operation.type"]], ["send a", 4, "send"]);
});

Deno.test("a trace that is not recorded is handed on, and nothing comes of a span that nobody sees", async () => {
  const { spans } = await traced(async (tracing) => {
    const span = await tracing.hop(envelope({ headers: { traceparent: `00-${TRACE}-${SPAN}-00` } }), START);
    assertEquals(span.traceparent, `00-${TRACE}-${SPAN}-00`);
    span.end({ emitted: 1 });
  });
  assertEquals(spans, []);
});

Deno.test("samplers are those of the environment", async () => {
  const recorded = (OTEL_TRACES_SAMPLER: string, OTEL_TRACES_SAMPLER_ARG?: string) =>
    traced(async (tracing) => {
      const flags = ["00", "01"].map((flags) => ({ traceparent: `00-${TRACE}-${SPAN}-${flags}` }));
      for (const headers of [undefined, ...flags]) {
        (await tracing.hop(envelope({ headers }), START)).end({ emitted: 0 });
      }
    }, { OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG }).then(({ spans }) => spans.length);
  assertEquals(await recorded("always_on"), 3);
  assertEquals(await recorded("always_off"), 0);
  assertEquals(await recorded("traceidratio", "1"), 3);
  assertEquals(await recorded("parentbased_always_off"), 1);
  assertEquals(await recorded("parentbased_traceidratio", "0"), 1);
  assertEquals(await recorded(""), 2);
});

Deno.test("what the environment says and cannot be done is told before anything runs", async () => {
  const refused = (more: Environment, text: string) =>
    assertRejects(
      () =>
        openTracing({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1", ...more }, {
          service: "s",
          onFailure() {},
        }),
      TracingSettingError,
      text,
    );
  await refused({ OTEL_TRACES_SAMPLER: "sometimes" }, "OTEL_TRACES_SAMPLER");
  await refused({ OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "2" }, "from 0 to 1");
  await refused({ OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }, "4318");
});

Deno.test("nothing is traced unless the environment says where to", async () => {
  const there = "http://127.0.0.1:4318";
  const asked: [Environment, boolean][] = [
    [{}, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: "" }, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: there }, true],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: there }, true],
    [{ OTEL_TRACES_EXPORTER: "otlp" }, true],
    [{ OTEL_TRACES_EXPORTER: "none", OTEL_EXPORTER_OTLP_ENDPOINT: there }, false],
    [{ OTEL_SDK_DISABLED: "TRUE", OTEL_EXPORTER_OTLP_ENDPOINT: there }, false],
  ];
  for (const [environment, expected] of asked) assertEquals(isTracingAskedFor(environment), expected);
  assertEquals(await openTracing({}, { service: "s", onFailure() {} }), NO_TRACING);
  const came = envelope({ headers: { traceparent: "as it came" } });
  const span = await NO_TRACING.hop(came, START);
  assertEquals([span.envelope === came, span.traceparent], [true, undefined]);
  span.end({ emitted: 0 });
});

Deno.test("a collector that refuses is told once, until it takes spans again", async () => {
  const { problems, spans } = await traced(async (tracing, collector) => {
    const one = async () => (await tracing.hop(envelope(), START)).end({ emitted: 0 });
    collector.status = 400;
    for (const requests of [1, 2]) {
      await one();
      await collector.until((found) => found.requests >= requests);
    }
    collector.status = 200;
    await one();
    await collector.until(({ spans }) => spans.length > 0);
  });
  assertEquals([problems.length, spans.length], [1, 1]);
  assertStringIncludes(problems[0] ?? "", "Bad Request");
});
