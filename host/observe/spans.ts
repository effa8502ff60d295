/**
 * Spans with ids of the caller's choice, sent by OTLP over HTTP. The only file that knows OpenTelemetry's SDK; it is
 * loaded when something is traced.
 *
 * @module
 */

import {
  type Attributes,
  createTraceState,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
} from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from "@opentelemetry/resources";
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from "@opentelemetry/sdk-trace";
import type { TraceContext } from "../trace_context.ts";
import { samplerOf, TracingSettingError } from "./sampler.ts";
import type { Environment } from "./tracing.ts";

/** How a span begins. */
export interface SpanStart {
  readonly kind: "consumer" | "producer";
  readonly traceId: string;
  readonly spanId: string;
  /** The span that it comes of; undefined for the first of a trace. */
  readonly parent: TraceContext | undefined;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly attributes: Attributes;
}

/** Begins spans, and sends those that have ended. */
export interface Spans {
  start(name: string, start: SpanStart): { readonly span: Span; readonly context: TraceContext };
  /** Notes that what a span stands for has failed. */
  fail(span: Span, error: { readonly type: string; readonly message: string }): void;
  close(): Promise<void>;
}

/** Longest message of a failure in a span, in characters. */
const MOST_MESSAGE = 1_000;
/** How long spans are gathered before they are sent, in milliseconds. */
const GATHER_MS = 1_000;
/** How long the last of them are waited for, in milliseconds: a collector that is gone must not keep a host. */
const CLOSE_MS = 3_000;

/** Opens the way out. @throws {TracingSettingError} */
export function openSpans(
  environment: Environment,
  { service, onFailure }: { readonly service: string; readonly onFailure: (problem: string) => void },
): Spans {
  const protocol = environment.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL ?? environment.OTEL_EXPORTER_OTLP_PROTOCOL;
  if (protocol === "grpc") {
    throw new TracingSettingError(
      "OTEL_EXPORTER_OTLP_PROTOCOL",
      "grpc is not spoken here: set http/json, and the port of OTLP over HTTP (4318)",
    );
  }
  // The ids of the span that is about to be started: the SDK asks for them while it does so.
  const ids = { traceId: "", spanId: "" };
  const provider = new TracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ "service.name": service, "service.namespace": "troupe" }))
      .merge(detectResources({ detectors: [envDetector] })),
    sampler: samplerOf(environment),
    idGenerator: { generateTraceId: () => ids.traceId, generateSpanId: () => ids.spanId },
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: tellingFailures(new OTLPTraceExporter(), onFailure),
        scheduledDelayMillis: GATHER_MS,
        maxQueueSize: 8_192,
      }),
    ],
  });
  const tracer = provider.getTracer("troupe");
  return {
    start(name, { kind, traceId, spanId, parent, startedAt, attributes }) {
      Object.assign(ids, { traceId, spanId });
      const above = parent ? trace.setSpanContext(ROOT_CONTEXT, remote(parent)) : ROOT_CONTEXT;
      const span = tracer.startSpan(name, {
        kind: kind === "consumer" ? SpanKind.CONSUMER : SpanKind.PRODUCER,
        startTime: startedAt,
        attributes,
      }, above);
      const sampled = (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;
      // Nothing may come of a span that nobody will ever see.
      const from = parent && !sampled ? parent.spanId : spanId;
      const state = span.spanContext().traceState?.serialize() ?? "";
      return { span, context: { traceId, spanId: from, sampled, ...(state === "" ? {} : { state }) } };
    },
    fail(span, { type, message }) {
      span.setAttribute("error.type", type);
      span.setStatus({ code: SpanStatusCode.ERROR, message: message.slice(0, MOST_MESSAGE).toWellFormed() });
    },
    close: () => closed(provider),
  };
}

function remote({ traceId, spanId, sampled, state }: TraceContext) {
  return {
    traceId,
    spanId,
    traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
    isRemote: true,
    ...(state === undefined ? {} : { traceState: createTraceState(state) }),
  };
}

/** The same exporter, which says when it begins to fail. */
function tellingFailures(exporter: SpanExporter, onFailure: (problem: string) => void): SpanExporter {
  let failing = false;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const failed = result.code !== 0;
        if (failed && !failing) onFailure(result.error?.message ?? "they were refused");
        failing = failed;
        // What the SDK would do about it is to print it, each time.
        done({ code: 0 });
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
  };
}

async function closed(provider: TracerProvider): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const enough = new Promise<void>((resolve) => timer = setTimeout(resolve, CLOSE_MS));
  await Promise.race([provider.shutdown(), enough]);
  clearTimeout(timer);
}
