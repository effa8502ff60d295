/**
 * A collector of OpenTelemetry for tests: it takes spans by OTLP over HTTP, as JSON, and keeps them.
 *
 * @module
 */

import { z } from "zod";

const Value = z.object({
  stringValue: z.string().optional(),
  intValue: z.union([z.number(), z.string()]).transform(Number).optional(),
  doubleValue: z.number().optional(),
  boolValue: z.boolean().optional(),
}).transform(({ stringValue, intValue, doubleValue, boolValue }) =>
  stringValue ?? intValue ?? doubleValue ?? boolValue
);
const Attributes = z.array(z.object({ key: z.string(), value: Value })).default([])
  .transform((list) => Object.fromEntries(list.map(({ key, value }) => [key, value])));
const Nanoseconds = z.string().regex(/^\d+$/).transform(BigInt);

const Span = z.object({
  traceId: z.string().regex(/^[0-9a-f]{32}$/),
  spanId: z.string().regex(/^[0-9a-f]{16}$/),
  parentSpanId: z.string().regex(/^([0-9a-f]{16})?$/).default(""),
  traceState: z.string().default(""),
  name: z.string(),
  kind: z.int(),
  startTimeUnixNano: Nanoseconds,
  endTimeUnixNano: Nanoseconds,
  attributes: Attributes,
  status: z.object({ code: z.int().default(0), message: z.string().default("") }).prefault({}),
});

const Request = z.object({
  resourceSpans: z.array(z.object({
    resource: z.object({ attributes: Attributes }),
    scopeSpans: z.array(z.object({ scope: z.object({ name: z.string() }), spans: z.array(Span) })),
  })),
});

/** A span, as it came. */
export interface ReceivedSpan extends z.infer<typeof Span> {
  /** Attributes of what sent it. */
  readonly resource: Readonly<Record<string, unknown>>;
}

/** A collector. */
export class OtlpCollector implements AsyncDisposable {
  /** What it was sent so far. */
  readonly spans: ReceivedSpan[] = [];
  /** Answers with this status; 200 takes what comes. */
  status = 200;
  /** Requests that were answered. */
  requests = 0;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  #changed = Promise.withResolvers<void>();

  /** Starts it on a free port of loopback. */
  constructor() {
    this.#server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen() {} },
      (request) => this.#take(request),
    );
  }

  /** What a process's environment says to have its spans sent here. */
  get environment(): { readonly OTEL_EXPORTER_OTLP_ENDPOINT: string } {
    return { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${this.#server.addr.port}` };
  }

  async #take(request: Request): Promise<Response> {
    if (new URL(request.url).pathname !== "/v1/traces" || request.method !== "POST") {
      return new Response(null, { status: 404 });
    }
    this.requests++;
    const body: unknown = await request.json();
    if (this.status === 200) {
      for (const { resource, scopeSpans } of Request.parse(body).resourceSpans) {
        for (const span of scopeSpans.flatMap(({ spans }) => spans)) {
          this.spans.push({ ...span, resource: resource.attributes });
        }
      }
    }
    const changed = this.#changed;
    this.#changed = Promise.withResolvers();
    changed.resolve();
    return Response.json({}, { status: this.status });
  }

  /** Resolves when what it has fulfils a condition, looking again with each request. */
  async until(condition: (collector: OtlpCollector) => boolean): Promise<void> {
    while (!condition(this)) await this.#changed.promise;
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}
