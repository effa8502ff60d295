// `troupe test`, as an author uses it: on components that are built and run in sandboxes.

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { type CommandRun, runTroupe } from "../../cli/commands/_testing.ts";
import { actorYaml, TestMesh } from "./_mesh_folder.ts";

const TRICKY = `
import { fly, set } from "@troupe/sdk";

let calls = 0;

export function* handle(payload) {
  calls++;
  console.log("begins", calls);
  yield fly({ at: 1 });
  console.error("goes on");
  if (payload?.spin) for (;;);
  if (payload?.fail) throw new RangeError("not " + payload.fail);
  if (payload?.nothing) return;
  yield set(".route.next[:0]", ["b-one"]);
  yield set(".headers.by", "tricky");
  yield payload?.random ? { id: crypto.randomUUID(), items: [{ at: Date.now() }] } : { calls, payload };
  if (payload?.twice && Math.random() < 2) yield "WORD";
}
`;

const SPEC = `  limits: { timeout: 2s }
  grants:
    route: ["b-*"]
`;

const COUNTER = `
import { state } from "@troupe/sdk/state";

export const handle = () => state.add("calls");
`;

async function writeActor(mesh: TestMesh, name: string, source: string, more: string): Promise<void> {
  await mesh.write(name, source);
  await mesh.writeYaml(name, actorYaml(name, more));
}

async function test(cwd: string, ...args: string[]): Promise<CommandRun> {
  return await runTroupe(["test", ...args], { cwd });
}

Deno.test("one envelope through an actor", async (t) => {
  await using mesh = await TestMesh.make({});
  const cwd = mesh.dir;
  await writeActor(mesh, "tricky", TRICKY, SPEC);

  await t.step("it is built, and what comes of it is shown", async () => {
    const { code, stdout, stderr } = await test(cwd, "tricky", "--payload", '{"n":1}', "--next", "c");
    assertEquals([code, stderr], [0, ""]);
    const lines = stdout.split("\n");
    assertMatch(lines[0] ?? "", /^tricky ok in .* \(first call\)$/);
    assertEquals(lines.slice(1, 8), [
      "  emit 1 → b-one, c (edited: it was c)",
      '    {"calls":1,"payload":{"n":1}}',
      '    header by = "tricky"',
      "",
      "  info  begins 1",
      '  fly   {"at":1}',
      "  error goes on",
    ]);
    assertStringIncludes(stdout, "put back to where it began after each envelope");
    assertMatch(stdout, /^built in .*, sandbox started in .*; sha256:[0-9a-f]{64}$/m);
  });

  await t.step("an envelope in a file, calls that are counted, and JSON", async () => {
    await Deno.writeTextFile(join(cwd, "e.json"), '{"route":{"next":["d"]},"headers":{"h":1},"payload":2}');
    const args = ["tricky/actor.yaml", "--envelope", "e.json", "--header", "i=2", "--repeat", "20", "--json"];
    const { code, stdout } = await test(cwd, ...args);
    const told = JSON.parse(stdout);
    assertEquals([code, told.verdict, told.failure, told.restored], [0, "ok", null, true]);
    assertEquals(told.emits, [{
      payload: { calls: 1, payload: 2 },
      next: ["b-one", "d"],
      headers: { h: 1, i: "2", by: "tricky" },
    }]);
    assertEquals([told.flies, told.logs.length, told.repeated.times, told.repeated.failed], [
      [{ at: 1 }],
      2,
      20,
      0,
    ]);
    assertEquals(told.built_ms, undefined);
  });

  await t.step("a failure, by the actor and by its limits", async () => {
    const failed = await test(cwd, "tricky", "--payload", '{"fail":"so"}');
    assertEquals([failed.code, failed.stderr], [1, ""]);
    assertMatch(failed.stdout, /^ {2}RangeError \(Error\): not so\n.*\n +at handle \(actor\.js:/m);
    const spun = await test(cwd, "tricky", "--payload", '{"spin":true}', "--json");
    const { verdict, failure, emits, logs, sandbox_ended: ended } = JSON.parse(spun.stdout);
    assertEquals([spun.code, verdict, failure.type, emits], [1, "failed", "troupe.Timeout", []]);
    // What was said before is not lost.
    assertEquals([logs[0].message, ended], ["begins 1", [failure.message]]);
  });

  await t.step("a source that cannot be built", async () => {
    await writeActor(mesh, "tricky", "export const handle = (", SPEC);
    const { code, stdout, stderr } = await test(cwd, "tricky");
    assertEquals([code, stdout], [1, ""]);
    assertStringIncludes(stderr, "tricky/actor.js:1");
    assertEquals((await test(cwd, "tricky", "--no-build")).code, 0, "the component is still there");
  });
});

Deno.test("cases: recorded, replayed, brought up to date", async (t) => {
  await using mesh = await TestMesh.make({});
  const cwd = mesh.dir;
  await writeActor(mesh, "tricky", TRICKY, SPEC);
  const file = (name: string) => join(cwd, "tricky/cases", `${name}.json`);

  await t.step("what is not the same twice is not recorded before it is ignored", async () => {
    const record = ["tricky", "--payload", '{"random":true}', "--record", "random"];
    const refused = await test(cwd, ...record);
    assertEquals(refused.code, 1);
    const options = ["--ignore", ".payload.id", "--ignore", ".payload.items[:].at"];
    assertStringIncludes(refused.stdout, "--ignore '.payload.id' --ignore '.payload.items[:].at'");
    assertEquals(await exists(file("random")), false);
    const taken = await test(cwd, ...record, ...options, "--json");
    assertEquals([taken.code, JSON.parse(taken.stdout).recorded], [0, true], taken.stderr);
  });

  await t.step("emits and failures are recorded, and nothing that belongs to one run", async () => {
    const twice = ["--payload", '{"twice":true}', "--record", "twice"];
    assertEquals((await test(cwd, "tricky", ...twice)).code, 0);
    assertEquals((await test(cwd, "tricky", "--payload", '{"fail":"so"}', "--record", "fail")).code, 0);
    const { expect } = JSON.parse(await Deno.readTextFile(file("twice")));
    const headers = { by: "tricky" };
    assertEquals(expect, {
      verdict: "ok",
      emits: [
        { payload: { calls: 1, payload: { twice: true } }, next: ["b-one"], headers },
        { payload: "WORD", next: ["b-one"], headers },
      ],
    });
    const failed = JSON.parse(await Deno.readTextFile(file("fail")));
    assertEquals(failed.expect, { verdict: "failed", failure: { type: "RangeError", mro: ["Error"] } });
  });

  await t.step("replayed", async () => {
    await Deno.writeTextFile(file("broken"), "{");
    const all = await test(cwd, "tricky", "--replay");
    assertEquals(all.code, 1);
    assertMatch(
      all.stdout,
      /^broken {2}unreadable\n.*\nfail {4}as recorded\nrandom {2}as recorded\ntwice {3}as/,
    );
    assertEquals(all.stderr, "4 cases: 3 as recorded, 1 unreadable.\n");
    await Deno.remove(file("broken"));
    assertEquals((await test(cwd, "tricky", "--replay", "twice", "fail")).code, 0);
  });

  await t.step("a source that was changed, and cases after it", async () => {
    await writeActor(mesh, "tricky", TRICKY.replace("WORD", "word").replace("RangeError", "TypeError"), SPEC);
    const differs = await test(cwd, "tricky", "--replay", "--json");
    assertEquals(differs.code, 1);
    const states = ({ stdout }: CommandRun) =>
      JSON.parse(stdout).cases.map(({ name, state }: { name: string; state: string }) => [name, state]);
    assertEquals(states(differs), [["fail", "differs"], ["random", "same"], ["twice", "differs"]]);
    assertEquals(JSON.parse(differs.stdout).cases[2].differences, [
      { path: ".emits[1].payload", expected: "WORD", actual: "word" },
    ]);
    const updated = await test(cwd, "tricky", "--replay", "--update", "--json");
    assertEquals([updated.code, states(updated)], [0, [
      ["fail", "updated"],
      ["random", "same"],
      ["twice", "updated"],
    ]]);
    assertEquals((await test(cwd, "tricky", "--replay")).code, 0);
  });

  await t.step("a case that would be different each time is not brought up to date", async () => {
    const { ignore, ...random } = JSON.parse(await Deno.readTextFile(file("random")));
    const text = JSON.stringify(random);
    await Deno.writeTextFile(file("random"), text);
    const { code, stdout } = await test(cwd, "tricky", "--replay", "random", "--update", "--json");
    const [{ state, ignore: advised }] = JSON.parse(stdout).cases;
    assertEquals([code, state, advised], [1, "unsteady", ignore]);
    assertEquals(await Deno.readTextFile(file("random")), text);
  });
});

Deno.test("what an actor keeps is gone afterwards, or that of a mesh", async () => {
  await using mesh = await TestMesh.make({});
  const cwd = mesh.dir;
  await writeActor(mesh, "counter", COUNTER, "  grants: { state: true }\n");
  const counted = async (...args: string[]) => {
    const { stdout, stderr } = await test(cwd, "counter", "--json", ...args);
    assertEquals(stderr, "");
    return JSON.parse(stdout).emits[0].payload;
  };
  assertEquals([await counted(), await counted()], [1, 1]);
  assertEquals([await counted("--data", "kept"), await counted("--data", "kept")], [1, 2]);
  assertEquals((await test(cwd, "counter", "--record", "first")).code, 0, "it begins anew each time");
});

Deno.test("an actor of the demo", async () => {
  await using mesh = await TestMesh.make({});
  const judge = fromFileUrl(new URL("../../actors/examples/editorial/judge", import.meta.url));
  const given = ["--payload", '{"score":{"confidence":0.9}}', "--next", "x-join"];
  const { code, stdout, stderr } = await test(mesh.dir, judge, ...given, "--data", "data", "--json");
  assertEquals(code, 0, stderr);
  const { actor, emits: [{ payload, next }] } = JSON.parse(stdout);
  assertEquals([actor, payload, next], ["judge", { score: { confidence: 0.9 } }, ["store", "x-join"]]);
});

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, (error) => {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  });
}
