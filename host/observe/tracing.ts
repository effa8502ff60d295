/**
 * Spans of hops for OpenTelemetry, with the names of its conventions for messaging.
 *
 * A hop's span is a child of the one that its envelope came of, and whatever the hop sends on comes of the hop's. Its id
 * follows from the hop: one that is run again, because its host was lost, is the same span. So what the lost host had
 * sent on has a parent all the same, and nothing differs between the two runs that a reader could take for a conflict.
 *
 * @module
 */

import type { Span } from "@opentelemetry/api";
import type { Envelope } from "../envelope.ts";
import { rootOf } from "../fan.ts";
import type { Verdict } from "../hop_record.ts";
import { attemptOf } from "../resiliency.ts";
import { readTraceContext, type TraceContext, traceparentOf, withTraceContext } from "../trace_context.ts";
import { hopSpanId, submissionTraceId } from "../trace_ids.ts";
import type { Spans } from "./spans.ts";

/** Where a hop is done. */
export interface HopStart {
  /** The actor, or the member of the crew. */
  readonly actor: string;
  /** The transport's name. */
  readonly transport: string;
  /** When the envelope was taken, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** Which replay of the envelope it is. @default 0 */
  readonly replay?: number;
}

/** What became of a hop. */
export interface HopEnd {
  /** @default none: a member of the crew has none */
  readonly verdict?: Verdict;
  readonly error?: { readonly type: string; readonly message: string };
  /** How many messages it has sent on. */
  readonly emitted: number;
}

/** The span of a hop that is being done. Nobody sees it unless it is ended. */
export interface HopSpan {
  /** The envelope, in whose headers this span is: what is made of it comes of this span. */
  readonly envelope: Envelope;
  /** This span, as `traceparent` has it; undefined when nothing is traced here. */
  readonly traceparent: string | undefined;
  /** Ends it, when everything that it caused is safe. */
  end(end: HopEnd): void;
}

/** An envelope that was put into its first queue. */
export interface Submitted {
  readonly id: string;
  /** The queue. */
  readonly to: string;
  /** The transport's name. */
  readonly transport: string;
  /** The span, as the envelope's headers have it. */
  readonly context: TraceContext;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

/** Makes spans. */
export interface Tracing {
  /** Begins the span of a hop. */
  hop(envelope: Envelope, start: HopStart): HopSpan | Promise<HopSpan>;
  /** Makes the span of a submission: the first of its trace. */
  submitted(submitted: Submitted): void;
  /** Sends what has not been sent yet, as far as that goes in a few seconds. */
  close(): Promise<void>;
}

/** Traces nothing, and hands traces on as they come. */
export const NO_TRACING: Tracing = {
  hop: (envelope) => ({ envelope, traceparent: undefined, end() {} }),
  submitted() {},
  close: () => Promise.resolve(),
};

/** What is used of a process's environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Tracing as the environment asks for it with OpenTelemetry's own variables (docs/observability.md): none, and nothing is
 * loaded, unless it says where spans are to go.
 *
 * @param options `service`: the service's name, where the environment gives none; `onFailure`: told when spans could not
 * be sent, once until they can be again.
 * @throws {TracingSettingError} when a variable cannot be understood.
 */
export async function openTracing(
  environment: Environment,
  options: { readonly service: string; readonly onFailure: (problem: string) => void },
): Promise<Tracing> {
  if (!isTracingAskedFor(environment)) return NO_TRACING;
  const { openSpans } = await import("./spans.ts");
  return new OtelTracing(openSpans(environment, options));
}

/** Whether the environment says where spans are to go. */
export function isTracingAskedFor(environment: Environment): boolean {
  const { OTEL_SDK_DISABLED, OTEL_TRACES_EXPORTER } = environment;
  if (OTEL_SDK_DISABLED?.trim().toLowerCase() === "true" || OTEL_TRACES_EXPORTER?.trim() === "none") {
    return false;
  }
  const endpoint = environment.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || environment.OTEL_EXPORTER_OTLP_ENDPOINT;
  return Boolean(endpoint) || OTEL_TRACES_EXPORTER?.trim() === "otlp";
}

/** Systems that the conventions have names for; others are called by this project's. */
const SYSTEMS: Readonly<Record<string, string>> = {
  rabbitmq: "rabbitmq",
  sqs: "aws_sqs",
  pubsub: "gcp_pubsub",
};

class OtelTracing implements Tracing {
  readonly #spans: Spans;

  constructor(spans: Spans) {
    this.#spans = spans;
  }

  async hop(envelope: Envelope, { actor, transport, startedAt, replay = 0 }: HopStart): Promise<HopSpan> {
    const { id, headers, route, status } = envelope;
    const hop = route.prev.length;
    const attempt = attemptOf(status);
    const parent = readTraceContext(headers);
    const root = rootOf(envelope);
    const [spanId, traceId] = await Promise.all([
      hopSpanId({ id, actor, hop, attempt, replay }),
      parent?.traceId ?? submissionTraceId(root),
    ]);
    const { span, context } = this.#spans.start(`process ${actor}`, {
      kind: "consumer",
      traceId,
      spanId,
      parent,
      startedAt,
      attributes: {
        ...messaging("process", { transport, destination: actor, id }),
        "messaging.message.conversation_id": root,
        "troupe.actor": actor,
        "troupe.hop": hop,
        "troupe.attempt": attempt,
        ...(replay > 0 ? { "troupe.replay": replay } : {}),
      },
    });
    return {
      envelope: { ...envelope, headers: withTraceContext(headers, context) },
      traceparent: traceparentOf(context),
      end: (end) => this.#end(span, end),
    };
  }

  #end(span: Span, { verdict, error, emitted }: HopEnd): void {
    if (verdict !== undefined) span.setAttribute("troupe.verdict", verdict);
    span.setAttribute("troupe.emitted", emitted);
    if (error) this.#spans.fail(span, error);
    span.end();
  }

  submitted({ id, to, transport, context, startedAt }: Submitted): void {
    const { span } = this.#spans.start(`send ${to}`, {
      kind: "producer",
      traceId: context.traceId,
      spanId: context.spanId,
      parent: undefined,
      startedAt,
      attributes: {
        ...messaging("send", { transport, destination: to, id }),
        "messaging.message.conversation_id": id,
      },
    });
    span.end();
  }

  close(): Promise<void> {
    return this.#spans.close();
  }
}

function messaging(
  operation: "send" | "process",
  { transport, destination, id }: {
    readonly transport: string;
    readonly destination: string;
    readonly id: string;
  },
) {
  return {
    "messaging.system": SYSTEMS[transport] ?? "troupe",
    "messaging.operation.name": operation,
    "messaging.operation.type": operation,
    "messaging.destination.name": destination,
    "messaging.message.id": id,
  };
}
