import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { StageEvent } from "../stage/stage.ts";
import { createMetrics, METRICS, metricsTable, NO_METRICS, type PrometheusMetrics } from "./metrics.ts";

/** The samples of a metric: the labels of each, as they stand there, and its value. */
async function samples(metrics: PrometheusMetrics, name: string): Promise<Record<string, number>> {
  const { text } = await metrics.render();
  const found = text.split("\n").map((line) => /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line));
  return Object.fromEntries(
    found.filter((match) => match?.[1] === name).map((match) => [match?.[2] ?? "", Number(match?.[3])]),
  );
}

const hop = { verdict: "forwarded", errorType: undefined, emitted: 1, seconds: 0.01 } as const;

/** Has everything counted once. */
function countAll(metrics: PrometheusMetrics): void {
  metrics.received("a");
  metrics.done("a", { ...hop, verdict: "failed", errorType: "troupe.Timeout" });
  metrics.published("a", "ok");
  metrics.inFlight("a", 3);
  metrics.stageEvent("a", { kind: "bystanders", count: 2 });
  metrics.recorded("x-sink", "new");
  metrics.ready(true);
  metrics.queues(new Map([["a", { ready: 1, delayed: 2, leased: 3 }]]));
}

Deno.test("every metric of the table is rendered, with its type, its help and exactly its labels", async () => {
  const metrics = await createMetrics();
  countAll(metrics);
  const { text, contentType } = await metrics.render();
  assertMatch(contentType, /^text\/plain; version=0\.0\.4/);
  for (const { name, type, help, labels } of Object.values(METRICS)) {
    assertStringIncludes(text, `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`);
    const sample = text.split("\n").find((line) =>
      [`${name}{`, `${name} `, `${name}_sum{`].some((start) => line.startsWith(start))
    );
    assert(sample, `${name} has no sample`);
    const found = [...sample.matchAll(/(\w+)="/g)].map(([, label]) => label ?? "");
    assertEquals(found.sort(), [...labels].sort() as string[], name);
  }
  const names = [...text.matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name ?? "");
  assertEquals(names.sort(), Object.values(METRICS).map(({ name }) => name as string).sort());
});

Deno.test("names follow the rules: a prefix, a unit, _total for counters", () => {
  for (const { name, type, help } of Object.values(METRICS)) {
    assertMatch(name, /^troupe_[a-z_]+$/);
    assertEquals(name.endsWith("_total"), type === "counter", name);
    assert(help.length > 10 && !help.endsWith("."), name);
  }
});

Deno.test("hops are counted by verdict, with what they sent on and how long they took", async () => {
  const metrics = await createMetrics();
  metrics.done("a", hop);
  metrics.done("a", { ...hop, emitted: 5, seconds: 2 });
  metrics.done("b", { ...hop, verdict: "aborted" });
  assertEquals(await samples(metrics, METRICS.done.name), {
    'actor="a",verdict="forwarded"': 2,
    'actor="b",verdict="aborted"': 1,
  });
  assertEquals(await samples(metrics, METRICS.emitted.name), { 'actor="a"': 6, 'actor="b"': 1 });
  assertEquals((await samples(metrics, `${METRICS.seconds.name}_sum`))['actor="a"'], 2.01);
  const buckets = await samples(metrics, `${METRICS.seconds.name}_bucket`);
  assertEquals([buckets['le="0.01",actor="a"'], buckets['le="1",actor="a"'], buckets['le="2.5",actor="a"']], [
    1,
    1,
    2,
  ]);
});

Deno.test("failures are counted by type; those that an actor makes up are bounded", async () => {
  const metrics = await createMetrics();
  const types = [
    ...Array.from({ length: 1000 }, (_, n) => `Error${n}`),
    "troupe.Timeout",
    'x"} 1\n',
    "Error0",
  ];
  for (const errorType of types) metrics.done("a", { ...hop, verdict: "failed", errorType });
  const counted = await samples(metrics, METRICS.failures.name);
  assertEquals(Object.keys(counted).length, 102);
  assertEquals(counted['actor="a",type="Error0"'], 2);
  assertEquals(counted['actor="a",type="other"'], 901);
  assertEquals(counted['actor="a",type="troupe.Timeout"'], 1);
});

const NO_ENDS = Object.fromEntries(
  ["x-sink", "x-sump"].flatMap((member) =>
    ["new", "repeat", "conflict", "replaced"].map((recorded) => [
      `member="${member}",recorded="${recorded}"`,
      0,
    ])
  ),
);

Deno.test("what alerts are made of begins with 0: a series that begins with 1 has not increased", async () => {
  const metrics = await createMetrics();
  assertEquals(await samples(metrics, METRICS.recorded.name), NO_ENDS);
  metrics.stageEvent("a", { kind: "child-started", pid: 1, tookMs: 1, restores: true });
  assertEquals(await samples(metrics, METRICS.stage.name), {
    'actor="a",event="child-started"': 1,
    'actor="a",event="child-killed"': 0,
    'actor="a",event="child-died"': 0,
    'actor="a",event="bystanders"': 0,
    'actor="a",event="violation"': 0,
  });
});

Deno.test("ends are counted by what became of them, and readiness is that of the last look", async () => {
  const metrics = await createMetrics();
  for (const what of ["new", "new", "conflict"]) metrics.recorded("x-sink", what);
  metrics.ready(true);
  metrics.ready(false);
  assertEquals(await samples(metrics, METRICS.recorded.name), {
    ...NO_ENDS,
    'member="x-sink",recorded="new"': 2,
    'member="x-sink",recorded="conflict"': 1,
  });
  assertEquals(await samples(metrics, METRICS.ready.name), { "": 0 });
});

Deno.test("publishes, what is in hand, and a sandbox's events are counted by what they are", async () => {
  const metrics = await createMetrics();
  for (const outcome of ["ok", "ok", "refused", "unknown"] as const) metrics.published("a", outcome);
  metrics.inFlight("a", 7);
  metrics.inFlight("a", 2);
  const events: StageEvent[] = [
    { kind: "child-started", pid: 1, tookMs: 1, restores: true },
    { kind: "child-killed", pid: 1, reason: "r" },
    { kind: "child-died", pid: 2, reason: "r" },
    { kind: "bystanders", count: 3 },
    { kind: "bystanders", count: 4 },
    { kind: "violation", envelopeId: "1", message: "m" },
  ];
  for (const event of events) metrics.stageEvent("a", event);
  assertEquals(await samples(metrics, METRICS.published.name), {
    'actor="a",outcome="ok"': 2,
    'actor="a",outcome="refused"': 1,
    'actor="a",outcome="unknown"': 1,
  });
  assertEquals(await samples(metrics, METRICS.inFlight.name), { 'actor="a"': 2 });
  assertEquals(await samples(metrics, METRICS.stage.name), {
    'actor="a",event="child-started"': 1,
    'actor="a",event="child-killed"': 1,
    'actor="a",event="child-died"': 1,
    'actor="a",event="bystanders"': 7,
    'actor="a",event="violation"': 1,
  });
});

Deno.test("depths are those of the last look: a queue that is gone is not told any more", async () => {
  const metrics = await createMetrics();
  metrics.queues(new Map([["old", { ready: 1, delayed: 0, leased: 0 }]]));
  metrics.queues(new Map([["new", { ready: 4, delayed: 5, leased: 6 }]]));
  assertEquals(await samples(metrics, METRICS.queue.name), {
    'queue="new",state="ready"': 4,
    'queue="new",state="delayed"': 5,
    'queue="new",state="leased"': 6,
  });
});

Deno.test("two registries count apart, and one that counts nothing can be told anything", async () => {
  const [one, two] = await Promise.all([createMetrics(), createMetrics()]);
  one.received("a");
  NO_METRICS.received("a");
  assertEquals(await samples(one, METRICS.received.name), { 'actor="a"': 1 });
  assertEquals(await samples(two, METRICS.received.name), {});
});

Deno.test("metricsTable() has a row for each, with its labels", () => {
  const rows = metricsTable().split("\n").slice(2);
  assertEquals(rows.length, Object.keys(METRICS).length);
  for (const [i, { name, type, help, labels }] of Object.values(METRICS).entries()) {
    assertEquals(
      rows[i],
      `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(", ")} | ${help} |`,
    );
  }
});
