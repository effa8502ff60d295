// A person answers what waits in a live mesh, with the command; two do at once.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { NO_METRICS } from "@troupe/host/observe/metrics";
import { createLogger } from "@troupe/host/observe/logs";
import { runTroupe } from "../../cli/commands/_testing.ts";
import { MeshFolder } from "../../cli/mesh/folder.ts";
import { Mesh } from "../../cli/mesh/mesh.ts";
import { unlessStuck } from "../../host/_testing.ts";
import { TestMesh } from "./_mesh_folder.ts";
import { eventually } from "./_waiting_mesh.ts";

async function openMesh({ dir, data }: TestMesh): Promise<Mesh & AsyncDisposable> {
  const mesh = await Mesh.open({
    dir,
    folder: new MeshFolder(data),
    logger: createLogger({ format: "json", write: () => {} }),
    metrics: NO_METRICS,
  });
  await mesh.started;
  return Object.assign(mesh, { [Symbol.asyncDispose]: () => mesh.drain() });
}

Deno.test("what waits is listed and answered; of two who answer at once in different ways, one is told", async () => {
  await using folder = await TestMesh.make({
    pay: "export const handle = (order) => ({ ...order, paid: true });\n",
  });
  await using mesh = await openMesh(folder);
  const run = (...args: string[]) => unlessStuck(runTroupe(args, { cwd: folder.dir }));
  const question = '{"ask":"may it be paid?"}';
  const sent = await run(
    "send",
    "x-pause,pay",
    '{"eur":5}',
    "--id",
    "order",
    "--header",
    `question=${question}`,
  );
  assertEquals([sent.code, sent.stdout], [0, "order\n"], sent.stderr);
  await eventually("what waits", () => mesh.store.parking.find("order"));

  const listed = JSON.parse((await run("parked", "--json")).stdout);
  assertEquals([listed.id, listed.actor, listed.question, listed.key], [
    "order",
    null,
    JSON.parse(question),
    "order/0/0",
  ]);
  const shown = await run("parked");
  assertStringIncludes(shown.stdout, "may it be paid?");
  assertStringIncludes(shown.stderr, "1 envelope waits");
  assertStringIncludes((await run("trace", "order")).stdout, "waits for an answer in x-pause");

  const both = await Promise.all([
    run("answer", "order", '{"ok":true}'),
    run("answer", "order", '{"ok":false}'),
  ]);
  const [winner, loser] = both.toSorted((a, b) => a.code - b.code);
  assertEquals(
    [winner?.code, winner?.stdout, loser?.code],
    [0, "order\n", 1],
    both.map(({ stderr }) => stderr).join(),
  );
  assertStringIncludes(loser?.stderr ?? "", "was answered at 20");
  const result = await eventually("the result", () => mesh.store.result("order"));
  const ok = both[0]?.code === 0;
  assertEquals(JSON.parse(result.payload), { eur: 5, ok, paid: true });

  const again = await run("answer", "order", `{"ok": ${ok}}`);
  assertEquals([again.code, again.stdout], [0, "order\n"], again.stderr);
  assertStringIncludes(again.stderr, "nothing was sent");
  assertEquals((await mesh.store.result("order"))?.repeats, 0);
  assertEquals((await run("parked")).stdout, "");
});

Deno.test("what waits is called off; and what cannot be answered is said", async () => {
  await using folder = await TestMesh.make({ pay: "export const handle = (order) => order;\n" });
  await using mesh = await openMesh(folder);
  const run = (...args: string[]) => unlessStuck(runTroupe(args, { cwd: folder.dir }));
  await run("send", "x-pause,pay", "1", "--id", "order");
  await eventually("what waits", () => mesh.store.parking.find("order"));
  const cases: [args: string[], code: number, says: string][] = [
    [["nobody", "1"], 1, "troupe parked"],
    [["order"], 2, "No answer"],
    [["order", "{"], 2, "single quotes"],
    [["order", "1", "--cancel"], 2, "leave the answer away"],
    [["order", "1", "--reason", "x"], 2, "--cancel"],
  ];
  for (const [args, code, says] of cases) {
    const { code: found, stderr } = await run("answer", ...args);
    assertEquals(found, code, stderr);
    assertStringIncludes(stderr, says);
  }
  const off = await run("answer", "order", "--cancel", "--reason", "no longer wanted");
  assertEquals([off.code, off.stdout], [0, "order\n"], off.stderr);
  const result = await eventually("the result", () => mesh.store.result("order"));
  assertEquals([result.phase, result.reason, result.payload], ["canceled", "no longer wanted", "1"]);
  const late = await run("answer", "order", "1");
  assertEquals(late.code, 1);
  assertStringIncludes(late.stderr, "was called off at");
});

Deno.test("an answer to a mesh that does not run waits in its queue, and is taken up when it does", async () => {
  await using folder = await TestMesh.make({ pay: "export const handle = (order) => order;\n" });
  const run = (...args: string[]) => unlessStuck(runTroupe(args, { cwd: folder.dir }));
  {
    await using mesh = await openMesh(folder);
    await run("send", "x-pause,pay", '{"n":1}', "--id", "order");
    await eventually("what waits", () => mesh.store.parking.find("order"));
  }
  const early = await run("answer", "order", "true", "--timeout", "100ms");
  assertEquals([early.code, early.stdout], [3, ""]);
  assertStringIncludes(early.stderr, "troupe up");
  await using mesh = await openMesh(folder);
  const result = await eventually("the result", () => mesh.store.result("order"));
  assertEquals(result.payload, '{"n":1,"answer":true}');
  assert((await run("trace", "order")).stdout.includes("x-pause"));
});

/** As docs/pause_and_join.md has it. */
const SPLIT = `import { set } from "@troupe/sdk";

export function* handle(doc) {
  yield set(".headers.parts", true);
  yield* doc.sections; // one section is a fan-out of one: the join gives [it]
}
`;

Deno.test("what built actors make of a document is joined, also of one with one section; the trace tells of it", async () => {
  await using folder = await TestMesh.make({
    split: SPLIT,
    score:
      "export function handle(text) { if (text === 'bad') throw new RangeError(text); return text.length; }\n",
    report: "export const handle = (scores) => ({ scores });\n",
  });
  await using mesh = await openMesh(folder);
  const run = (...args: string[]) => unlessStuck(runTroupe(args, { cwd: folder.dir }));
  const documents = { three: ["a", "bb", "ccc"], one: ["dddd"], two: ["bad", "ee"] };
  for (const [id, sections] of Object.entries(documents)) {
    const sent = await run("send", "split,score,x-join,report", JSON.stringify({ sections }), "--id", id);
    assertEquals(sent.code, 0, sent.stderr);
  }
  const scores = async (id: string) => {
    const result = await eventually(`the result of ${id}`, async () => {
      const result = await mesh.store.result(id);
      return result?.phase === "succeeded" ? result : undefined;
    });
    return JSON.parse(result.payload).scores;
  };
  assertEquals([await scores("three"), await scores("one"), await scores("two")], [[1, 2, 3], [4], [
    null,
    2,
  ]]);
  const trace = (await run("trace", "two")).stdout;
  assertStringIncludes(trace, "x-join: 1 of 2 slices (all), without 0");
  assertStringIncludes(trace, "succeeded at report");
});

Deno.test("a pause whose time is over is replayed, and asks once more", async () => {
  await using folder = await TestMesh.make({ pay: "export const handle = (order) => order;\n" });
  await using mesh = await openMesh(folder);
  const run = (...args: string[]) => unlessStuck(runTroupe(args, { cwd: folder.dir }));
  const question = 'question={"ask":"?","timeout":"2s"}';
  await run("send", "x-pause,pay", '{"eur":9007199254740993}', "--id", "order-17", "--header", question);
  const failed = await eventually("its end", () => mesh.store.result("order-17"));
  assertEquals([failed.phase, JSON.parse(failed.error).type], ["failed", "troupe.PauseTimeout"]);
  const late = await run("answer", "order-17", "true");
  assertEquals(late.code, 1);
  assertStringIncludes(late.stderr, "had waited long enough at");

  const replayed = await run("dlq", "replay", "order-17");
  assertEquals(replayed.code, 0, replayed.stderr);
  await eventually("what waits", async () => (await mesh.store.parking.waiting()).items[0]);
  const answer = await run("answer", "order-17", '{"ok":true}');
  assertEquals(answer.code, 0, answer.stderr);
  const result = await eventually("its result", async () => {
    const result = await mesh.store.result("order-17");
    return result?.phase === "succeeded" ? result : undefined;
  });
  assertEquals([result.payload.replace(/"eur":\d+/, '"eur":…'), result.replay], ['{"eur":…,"ok":true}', 1]);
});

Deno.test("an answer that was taken and never sent on, as its message was lost, is given again", async () => {
  await using folder = await TestMesh.make({ pay: "export const handle = (order) => order;\n" });
  await using mesh = await openMesh(folder);
  const run = (...args: string[]) => unlessStuck(runTroupe(args, { cwd: folder.dir }));
  await run("send", "x-pause,pay", "{}", "--id", "order");
  const { key } = await eventually("what waits", () => mesh.store.parking.find("order"));
  const ending = {
    kind: "answer",
    answer: "true",
    reason: "",
    token: "lost",
    at: Date.now() - 60_000,
  } as const;
  await mesh.store.parking.end(key, ending);
  const other = await run("answer", "order", "false");
  assertEquals(other.code, 1, other.stderr);
  const again = await run("answer", "order", "true");
  assertEquals([again.code, again.stdout, again.stderr], [0, "order\n", ""]);
  assertEquals((await eventually("its result", () => mesh.store.result("order"))).payload, '{"answer":true}');
  assertStringIncludes((await run("answer", "order", "true")).stderr, "nothing was sent");
});
