/**
 * What a host counts. The table of metrics is the only place where they are named: the registry is made from it, and the
 * documentation too.
 *
 * @module
 */

import type { Counter, Gauge, Histogram, Registry } from "prom-client";
import { SINK, SUMP } from "../actor_name.ts";
import type { Verdict } from "../hop_record.ts";
import type { StageEvent } from "../stage/stage.ts";
import type { Depth, Outcome } from "../transport/transport.ts";
import { ErrorTypes } from "./error_types.ts";

/** One metric. */
export interface MetricDescription {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly labels: readonly string[];
}

/** Every metric that a host has. */
export const METRICS = {
  received: {
    name: "troupe_envelopes_received_total",
    type: "counter",
    help: "Envelopes taken from the actor's queue",
    labels: ["actor"],
  },
  done: {
    name: "troupe_hops_total",
    type: "counter",
    help:
      "Hops done, by how they ended: forwarded, finished, aborted, failed, retried, rerouted, dead, canceled",
    labels: ["actor", "verdict"],
  },
  failures: {
    name: "troupe_hop_failures_total",
    type: "counter",
    help:
      'Hops that failed, by type; of those that actors make up, an actor\'s first 100 by name, all others as "other"',
    labels: ["actor", "type"],
  },
  emitted: {
    name: "troupe_envelopes_emitted_total",
    type: "counter",
    help: "Envelopes that hops sent on, to other actors or to the crew",
    labels: ["actor"],
  },
  published: {
    name: "troupe_publishes_total",
    type: "counter",
    help: "Messages published, by what became of them: ok, refused, unknown",
    labels: ["actor", "outcome"],
  },
  inFlight: {
    name: "troupe_envelopes_in_flight",
    type: "gauge",
    help: "Envelopes in hand now",
    labels: ["actor"],
  },
  seconds: {
    name: "troupe_hop_seconds",
    type: "histogram",
    help: "Time from taking an envelope to the confirmation of everything that it caused, in seconds",
    labels: ["actor"],
  },
  stage: {
    name: "troupe_stage_events_total",
    type: "counter",
    help: "What happened to sandboxes: child-started, child-killed, child-died, bystanders, violation",
    labels: ["actor", "event"],
  },
  recorded: {
    name: "troupe_crew_records_total",
    type: "counter",
    help: "Ends that x-sink and x-sump took in, by what became of them: new, repeat, conflict, replaced",
    labels: ["member", "recorded"],
  },
  ready: {
    name: "troupe_ready",
    type: "gauge",
    help: "1 when it can take envelopes, 0 when it cannot; /readyz says why",
    labels: [],
  },
  queue: {
    name: "troupe_queue_messages",
    type: "gauge",
    help: "Messages in a queue, by state: ready, delayed, leased",
    labels: ["queue", "state"],
  },
} as const satisfies Record<string, MetricDescription>;

/** Where a host counts. */
export interface HostMetrics {
  received(actor: string): void;
  done(
    actor: string,
    hop: {
      readonly verdict: Verdict;
      readonly errorType: string | undefined;
      readonly emitted: number;
      readonly seconds: number;
    },
  ): void;
  published(actor: string, outcome: Outcome["kind"]): void;
  inFlight(actor: string, count: number): void;
  stageEvent(actor: string, event: StageEvent): void;
  /** What became of an end that a member of the crew took in, such as `new` or `conflict`. */
  recorded(member: string, recorded: string): void;
}

/** Counts nothing. */
export const NO_METRICS: HostMetrics = {
  received() {},
  done() {},
  published() {},
  inFlight() {},
  stageEvent() {},
  recorded() {},
};

/** Counts for Prometheus. */
export interface PrometheusMetrics extends HostMetrics {
  /** Sets the depths of queues, which are read when somebody asks. */
  queues(depths: ReadonlyMap<string, Depth>): void;
  /** Sets whether it can take envelopes, which is found out when somebody asks. */
  ready(ready: boolean): void;
  /** The exposition format's text, and its content type. */
  render(): Promise<{ readonly contentType: string; readonly text: string }>;
}

/** What becomes of an end that is recorded. */
const RECORDED = ["new", "repeat", "conflict", "replaced"] as const;
const STAGE_EVENTS = [
  "child-started",
  "child-killed",
  "child-died",
  "bystanders",
  "violation",
] as const satisfies StageEvent["kind"][];

/** Upper bounds of the histogram's buckets, in seconds: from a hop in a reused instance to the longest timeouts. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Makes a registry. The library is loaded only here: it takes longer than all else that a host loads. */
export async function createMetrics(): Promise<PrometheusMetrics> {
  const { Counter, Gauge, Histogram, Registry } = await import("prom-client");
  const registry: Registry = new Registry();
  const configuration = ({ name, help, labels }: MetricDescription) => ({
    name,
    help,
    labelNames: [...labels],
    registers: [registry],
  });
  const counter = (metric: MetricDescription): Counter => new Counter(configuration(metric));
  const gauge = (metric: MetricDescription): Gauge => new Gauge(configuration(metric));
  const received = counter(METRICS.received);
  const done = counter(METRICS.done);
  const failures = counter(METRICS.failures);
  const emitted = counter(METRICS.emitted);
  const published = counter(METRICS.published);
  const inFlight = gauge(METRICS.inFlight);
  const seconds: Histogram = new Histogram({ ...configuration(METRICS.seconds), buckets: BUCKETS });
  const stage = counter(METRICS.stage);
  const recorded = counter(METRICS.recorded);
  const ready = gauge(METRICS.ready);
  const queue = gauge(METRICS.queue);
  const types = new ErrorTypes();
  // A series that begins with 1 has not increased: what alerts are made of begins with 0.
  for (const member of [SINK, SUMP]) {
    for (const what of RECORDED) recorded.inc({ member, recorded: what }, 0);
  }
  const staged = new Set<string>();
  const beginStage = (actor: string) => {
    staged.add(actor);
    for (const event of STAGE_EVENTS) stage.inc({ actor, event }, 0);
  };
  return {
    received: (actor) => received.inc({ actor }),
    done(actor, hop) {
      done.inc({ actor, verdict: hop.verdict });
      emitted.inc({ actor }, hop.emitted);
      seconds.observe({ actor }, hop.seconds);
      if (hop.errorType !== undefined) failures.inc({ actor, type: types.label(actor, hop.errorType) });
    },
    published: (actor, outcome) => published.inc({ actor, outcome }),
    inFlight: (actor, count) => inFlight.set({ actor }, count),
    stageEvent(actor, event) {
      if (!staged.has(actor)) beginStage(actor);
      stage.inc({ actor, event: event.kind }, event.kind === "bystanders" ? event.count : 1);
    },
    recorded: (member, what) => recorded.inc({ member, recorded: what }),
    ready: (is) => ready.set(is ? 1 : 0),
    queues(depths) {
      queue.reset();
      for (const [name, depth] of depths) {
        for (const state of ["ready", "delayed", "leased"] as const) {
          queue.set({ queue: name, state }, depth[state]);
        }
      }
    },
    render: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}

/** The table of metrics, as Markdown. */
export function metricsTable(): string {
  const rows = Object.values(METRICS).map(({ name, type, labels, help }) =>
    `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(", ")} | ${help} |`
  );
  return ["| metric | type | labels | what it says |", "|---|---|---|---|", ...rows].join("\n");
}
