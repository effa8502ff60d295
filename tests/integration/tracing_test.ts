// One submission is one trace: from the sender through a fan-out, a retry and a death to the two ends, as a collector
// sees it, and as the log tells it.

import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { OtlpCollector, type ReceivedSpan } from "@troupe/tests/servers/otlp";
import { troupe } from "../mesh_process.ts";
import { actorYaml, TestMesh } from "./_mesh_folder.ts";
import { UpProcess } from "./_up_process.ts";

const MAIN = fromFileUrl(new URL("../../cli/main.ts", import.meta.url));

const CUT = `import { emit } from "@troupe/sdk";
export function* handle({ parts }) {
  for (const part of parts) yield emit(part);
}
`;
const FLAKY = `import { Fatal, get, log } from "@troupe/sdk";
class Busy extends Error {}
export function* handle(part) {
  const attempt = (yield get(".status.attempt")) ?? 1;
  log("info", "part " + part + ", attempt " + attempt);
  if (part === "bad") throw new Fatal("it is bad");
  if (part === "slow" && attempt === 1) throw new Busy("not yet");
  return yield get(".headers.traceparent");
}
`;
const STORE = "export const handle = (traceparent) => ({ traceparent });\n";
const RESILIENCY = `  resiliency:
    policies:
      again: { initialDelay: 1ms }
    rules:
      - { match: [Busy], policy: again }
`;

/** A span in the words of the mesh. */
const place = ({ name, attributes }: ReceivedSpan) =>
  [name, attributes["troupe.attempt"] ?? 0, attributes["troupe.verdict"] ?? "-"].join(" ");

/** Each span with those that came of it, as indented lines. */
function treeOf(spans: readonly ReceivedSpan[], parent = "", depth = 0): string[] {
  return spans.filter(({ parentSpanId }) => parentSpanId === parent)
    .flatMap((span) => ({
      line: "  ".repeat(depth) + place(span),
      below: treeOf(spans, span.spanId, depth + 1),
    }))
    .toSorted((a, b) => JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)
    .flatMap(({ line, below }) => [line, ...below]);
}

async function withEnvironment(values: Record<string, string>, run: () => Promise<void>): Promise<void> {
  const before = Object.keys(values).map((name) => [name, Deno.env.get(name)] as const);
  for (const [name, value] of Object.entries(values)) Deno.env.set(name, value);
  try {
    await run();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    }
  }
}

Deno.test("one submission through three actors, with a fan-out, a retry and a death, is one trace", async () => {
  await using collector = new OtlpCollector();
  await using mesh = await TestMesh.make({ cut: CUT, flaky: FLAKY, store: STORE });
  await mesh.writeYaml("flaky", actorYaml("flaky", RESILIENCY));
  const results: { id: string; payload?: { traceparent: string } }[] = [];
  let output = "";
  await withEnvironment({ ...collector.environment, OTEL_SERVICE_NAME: "mesh" }, async () => {
    await using up = new UpProcess([mesh.dir, "--log", "json"]);
    await up.says(/mesh is up: 3 actors/);
    const sent = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        MAIN,
        "send",
        "cut,flaky,store",
        '{"parts":["good","slow","bad"]}',
        "--wait",
        "--data",
        mesh.data,
      ],
      stdout: "piped",
    });
    const { code, stdout } = await sent.output();
    assertEquals(code, 1, "one of them dies");
    results.push(...new TextDecoder().decode(stdout).trim().split("\n").map((line) => JSON.parse(line)));
    up.kill("SIGTERM");
    assertEquals(await up.code, 0);
    output = up.output;
  });
  const { spans } = collector;
  assertEquals(new Set(spans.map(({ traceId }) => traceId)).size, 1, "one trace");
  assertEquals(new Set(spans.map(({ spanId }) => spanId)).size, spans.length, "a span each");
  assertEquals(new Set(spans.map(({ resource }) => resource["service.name"])), new Set(["mesh"]));
  assertEquals(treeOf(spans), [
    "send cut 0 -",
    "  process cut 1 forwarded",
    "    process flaky 1 dead",
    "      process x-sump 1 -",
    "    process flaky 1 forwarded",
    "      process store 1 finished",
    "        process x-sink 1 -",
    "    process flaky 1 retried",
    "      process flaky 2 forwarded",
    "        process store 1 finished",
    "          process x-sink 1 -",
  ]);
  const conversations = new Set(
    spans.map(({ attributes }) => attributes["messaging.message.conversation_id"]),
  );
  assertEquals(conversations.size, 1);
  const [root] = conversations;
  const errors = spans.flatMap(({ attributes }) => attributes["error.type"] ?? []);
  assertEquals(errors.toSorted(), ["Busy", "troupe.Fatal"]);

  // What the actor reads is its own hop's span: what it calls on the way can go on from there.
  const flaky = spans.filter(({ name }) => name === "process flaky").map(({ spanId }) => spanId);
  const read = results.flatMap(({ payload }) => payload?.traceparent?.split("-")[2] ?? []);
  assert(read.length === 2 && read.every((spanId) => flaky.includes(spanId)), JSON.stringify(results));

  const lines = output.split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
  const ofHops = lines.filter(({ id }) => id !== undefined);
  assertEquals(ofHops.filter(({ guest }) => guest).length, 4);
  assertEquals(ofHops.filter(({ message }) => message === "a hop failed").length, 2);
  for (const line of ofHops) {
    assertEquals([line.root, line.trace_id, line.actor], [root, spans[0]?.traceId, "flaky"], line.message);
  }
});

Deno.test("a client's trace goes on, also where nothing is recorded", async () => {
  await using mesh = await TestMesh.make({
    store:
      'import { get } from "@troupe/sdk";\nexport function* handle() { return yield get(".headers"); }\n',
  });
  await using up = new UpProcess([mesh.dir]);
  await up.says(/^mesh is up: 1 actor/m);
  const send = async (...more: string[]) =>
    JSON.parse(await troupe(["send", "store", "1", "--wait", "--data", mesh.data, ...more])).payload;
  const given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  assertEquals(await send("--header", `traceparent=${given}`, "--header", "tracestate=a=1"), {
    traceparent: given,
    tracestate: "a=1",
  });
  const { traceparent, ...others } = await send();
  assert(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/.test(traceparent), traceparent);
  assertEquals(others, {});
  up.kill("SIGTERM");
  assertEquals(await up.code, 0);
});
