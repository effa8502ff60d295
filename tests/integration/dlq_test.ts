// A live mesh whose actors fail, and a person who does something about it with `troupe dlq`.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Depth } from "@troupe/host/transport";
import { createLogger } from "@troupe/host/observe/logs";
import { NO_METRICS } from "@troupe/host/observe/metrics";
import { encodeHex } from "@std/encoding/hex";
import { fromFileUrl } from "@std/path";
import { type CommandRun, runDeno, runTroupe } from "../../cli/commands/_testing.ts";
import { MeshFolder } from "../../cli/mesh/folder.ts";
import { Mesh } from "../../cli/mesh/mesh.ts";
import { TestMesh } from "./_mesh_folder.ts";

const CONFIG = fromFileUrl(new URL("../../deno.json", import.meta.url));
const MORTAL = fromFileUrl(new URL("./_mortal_replay.ts", import.meta.url));

/** Does not take what is odd. */
const PICKY = `export function handle(n) {
  if (n % 2 === 1) throw new RangeError("odd: " + n);
  return n * 10;
}
`;
/** Takes everything. */
const GENEROUS = "export const handle = (n) => n * 10;\n";
/** Makes four of one. */
const SPREAD = "export function* handle(n) { for (let i = 0; i < 4; i++) yield n + i; }\n";

/** Dies of what is odd, and says why. */
const FATAL = `import { Fatal } from "@troupe/sdk";
export function handle(n) {
  if (n % 2 === 1) throw new Fatal("odd: " + n);
  throw new RangeError("even: " + n);
}
`;

/** An open mesh, which tells of each end. */
interface Live extends AsyncDisposable {
  readonly mesh: Mesh;
  /** Puts envelopes of these ids and payloads into the queue of an actor, and waits for so many ends. */
  send(route: string, payloads: Readonly<Record<string, unknown>>, ends: number): Promise<void>;
  /** Resolves when so many more ends than were asked for before were recorded. */
  ends(count: number): Promise<void>;
}

async function openMesh({ dir, data }: TestMesh): Promise<Live> {
  let seen = 0;
  let asked = 0;
  let wake = () => {};
  const mesh = await Mesh.open({
    dir,
    folder: new MeshFolder(data),
    logger: createLogger({ format: "json", write: () => {} }),
    metrics: NO_METRICS,
    onEnd() {
      seen++;
      wake();
    },
  });
  await mesh.started;
  const ends = async (count: number) => {
    asked += count;
    while (seen < asked) await new Promise<void>((resolve) => wake = resolve);
  };
  return {
    mesh,
    ends,
    async send(route, payloads, count) {
      const [curr = "", ...next] = route.split(",");
      await mesh.transport.publish(
        Object.entries(payloads).map(([id, payload]) => ({
          queue: curr,
          body: new TextEncoder().encode(JSON.stringify({ id, route: { prev: [], curr, next }, payload })),
        })),
      );
      await ends(count);
    },
    [Symbol.asyncDispose]: () => mesh.drain(),
  };
}

type Json = Record<string, unknown>;

async function dlq(folder: TestMesh, ...args: string[]): Promise<CommandRun> {
  return await runTroupe(["dlq", ...args], { cwd: folder.dir });
}

/** What a command prints as JSON; it has to succeed. */
async function json(folder: TestMesh, ...args: string[]): Promise<Json[]> {
  const { code, stdout, stderr } = await dlq(folder, ...args, "--json");
  assertEquals(code, 0, stderr);
  return stdout.trim().split("\n").filter(Boolean).map((line) => JSON.parse(line));
}

const pick = (all: readonly Json[], ...members: string[]) => all.map((each) => members.map((m) => each[m]));
const waiting = ({ ready, delayed, leased }: Depth) => ready + delayed + leased;

Deno.test("an actor fails, its source is corrected, and what failed is replayed with its own id", async () => {
  await using folder = await TestMesh.make({ tenfold: PICKY, last: "export const handle = (n) => n + 1;\n" });
  await using live = await openMesh(folder);
  const { mesh } = live;
  await live.send("tenfold,last", { one: 1, two: 2 }, 2);

  assertEquals(pick(await json(folder, "list"), "id", "kind", "actor", "type", "message", "state"), [
    ["one", "failed", "tenfold", "RangeError", "odd: 1", "open"],
  ]);
  const [shown] = await json(folder, "show", "one");
  assertEquals([shown?.attempts, shown?.payload, shown?.route], [1, 1, {
    prev: [],
    curr: "tenfold",
    next: ["last"],
  }]);
  assertStringIncludes(String((shown?.error as Json).traceback), "handle");

  await folder.write("tenfold", GENEROUS);
  await mesh.reload();
  const replayed = await dlq(folder, "replay", "one");
  assertEquals([replayed.code, replayed.stdout], [0, "one\n"], replayed.stderr);
  await live.ends(1);
  const result = await mesh.store.result("one");
  assertEquals([result?.phase, result?.payload, result?.replay], ["succeeded", "11", 1]);
  assertEquals(await json(folder, "list"), []);
  assertEquals(pick(await json(folder, "list", "--state", "resolved"), "id", "message"), [["one", "odd: 1"]]);

  // Asked for again, it changes nothing; and what has succeeded is not run again whoever insists.
  const again = await dlq(folder, "replay", "one");
  assertEquals([again.code, again.stdout], [0, "one\n"], again.stderr);
  assertStringIncludes(again.stderr, "nothing was sent");
  const insists = await dlq(folder, "replay", "one", "--again");
  assertEquals(insists.code, 1);
  assertStringIncludes(insists.stderr, "has succeeded");
  assertEquals(waiting(await mesh.transport.depth("tenfold")), 0);
  assertEquals((await mesh.store.result("one"))?.repeats, 0);
});

Deno.test("what died names the component that it died of, as the build named it, until another takes its place", async () => {
  await using folder = await TestMesh.make({ tenfold: FATAL });
  await using live = await openMesh(folder);
  const component = async () => {
    const bytes = await Deno.readFile(`${folder.dir}/tenfold/build/tenfold.wasm`);
    return encodeHex(await crypto.subtle.digest("SHA-256", bytes));
  };
  const first = await component();
  await live.send("tenfold", { one: 1, two: 2 }, 2);
  await folder.write("tenfold", PICKY);
  await live.mesh.reload();
  const second = await component();
  await live.send("tenfold", { three: 3 }, 1);
  assert(first !== second);
  for (
    const [id, kind, digest] of [["one", "dead", first], ["two", "failed", first], [
      "three",
      "failed",
      second,
    ]] as const
  ) {
    assertEquals(pick(await json(folder, "show", id), "kind", "component"), [[kind, digest]], id);
    assertStringIncludes((await dlq(folder, "show", id)).stdout, digest);
  }
});

Deno.test("a replay while the first is under way changes nothing; one that fails too is a letter of its own", async () => {
  await using folder = await TestMesh.make({ tenfold: PICKY });
  {
    await using live = await openMesh(folder);
    await live.send("tenfold", { one: 1 }, 1);
  }
  // Nobody takes it now: it is under way for as long as this lasts.
  assertEquals(pick(await json(folder, "replay", "one"), "replay", "as", "sent_now"), [[1, "one", true]]);
  assertEquals(pick(await json(folder, "replay", "one"), "replay", "as", "sent_now"), [[1, "one", false]]);
  assertEquals(await json(folder, "replay", "--all", "--yes"), []);
  const otherwise = await dlq(folder, "replay", "one", "--payload", "2");
  assertEquals(otherwise.code, 1);
  assertStringIncludes(otherwise.stderr, "--again");
  const transport = await new MeshFolder(folder.data).openTransport();
  assertEquals(waiting(await transport.depth("tenfold")), 1);
  await transport.close();

  await using live = await openMesh(folder);
  await live.ends(1);
  assertEquals(pick(await json(folder, "list", "--state", "all"), "key", "state"), [
    ["one/x-sink/0", "replayed"],
    ["one/x-sink/1", "open"],
  ]);
  // With another payload it is a new envelope below the old one, whose success resolves every letter before it.
  const [replay] = await json(folder, "replay", "one", "--payload", "4");
  await live.ends(1);
  const result = await live.mesh.store.result(String(replay?.as));
  assertEquals([result?.phase, result?.payload, result?.parentId, result?.root], [
    "succeeded",
    "40",
    "one",
    "one",
  ]);
  assertEquals(pick(await json(folder, "list", "--state", "all"), "state"), [["resolved"], ["resolved"]]);
  const trace = await runTroupe(["trace", "one", "--json"], { cwd: folder.dir });
  assertEquals(pick(JSON.parse(trace.stdout).children, "id"), [[replay?.as]]);
});

Deno.test("bytes that are no envelope are not replayed, but shown, sent corrected, and dropped", async () => {
  await using folder = await TestMesh.make({ tenfold: GENEROUS });
  await using live = await openMesh(folder);
  const body = Uint8Array.of(0x7b, 0xff, 0, 0x0a);
  await live.mesh.transport.publish([{ queue: "tenfold", body }]);
  await live.ends(1);
  const [letter] = await json(folder, "list", "--type", "MalformedEnvelope");
  const key = String(letter?.key);
  const refused = await dlq(folder, "replay", key);
  assertEquals(refused.code, 1);
  assertStringIncludes(refused.stderr, "troupe dlq show KEY --body");
  assertStringIncludes(refused.stderr, "troupe send");
  const all = await dlq(folder, "replay", "--all", "--yes");
  assertEquals(all.code, 1);
  assertStringIncludes(all.stderr, key);
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--quiet",
      "--config",
      CONFIG,
      "cli/main.ts",
      "dlq",
      "show",
      key,
      "--body",
      "--data",
      folder.data,
    ],
    cwd: fromFileUrl(new URL("../..", import.meta.url)),
  }).output();
  assertEquals(stdout, body);

  assertEquals((await dlq(folder, "drop", key, "--reason", "rubbish")).code, 0);
  assertEquals(pick(await json(folder, "list", "--state", "dropped"), "key", "drop_reason"), [[
    key,
    "rubbish",
  ]]);
  assertStringIncludes((await dlq(folder, "drop", key)).stderr, "Nothing was to be dropped");
  await dlq(folder, "drop", key, "--purge");
  const [purged] = await json(folder, "show", key);
  assertEquals([purged?.body, purged?.purged, purged?.drop_reason], ["", true, "rubbish"]);
});

Deno.test("slices of a fan-out that failed are replayed all at once, and keep their place in it", async () => {
  await using folder = await TestMesh.make({ spread: SPREAD, tenfold: PICKY });
  await using live = await openMesh(folder);
  const { store } = live.mesh;
  await live.send("spread,tenfold", { doc: 0 }, 4);
  const before = (await store.results({ root: "doc" })).items;
  const frames = new Map(before.map(({ id, headers }) => [id, JSON.parse(headers)["x-troupe-fan"]]));
  assertEquals(before.filter(({ phase }) => phase === "failed").length, 2);

  await folder.write("tenfold", GENEROUS);
  await live.mesh.reload();
  const unasked = await dlq(folder, "replay", "--all");
  assertEquals(unasked.code, 2);
  assertStringIncludes(unasked.stderr, "2 dead letters");
  assertEquals((await json(folder, "replay", "--all", "--actor", "nobody", "--yes")).length, 0);
  const all = ["--all", "--actor", "tenfold", "--type", "RangeError", "--since", "1h"];
  assertEquals((await json(folder, "replay", ...all, "--yes")).length, 2);
  await live.ends(2);
  const after = (await store.results({ root: "doc" })).items;
  assertEquals(after.map(({ phase, payload }) => `${phase} ${payload}`).sort(), [
    "succeeded 0",
    "succeeded 10",
    "succeeded 20",
    "succeeded 30",
  ]);
  for (const { id, headers, parentId } of after) {
    assertEquals(JSON.parse(headers)["x-troupe-fan"], frames.get(id), id);
    assert(id === "doc" || parentId === "doc");
  }
});

Deno.test("what cannot be sent is said before anything is done about it", async () => {
  await using folder = await TestMesh.make({ tenfold: PICKY });
  await using live = await openMesh(folder);
  await live.send("tenfold", { one: 1 }, 1);
  const cases: [args: string[], code: number, says: string][] = [
    [["replay", "nobody"], 1, "troupe dlq list"],
    [["replay", "one", "--to", "elsewhere"], 1, "--route"],
    [["replay", "one", "--route", "elsewhere"], 1, "there are tenfold"],
    [["replay", "one", "--route", "Not A Name"], 2, "cannot be an actor's name"],
    [["replay", "one", "--to", "a", "--route", "b"], 2, "--to"],
    [["replay", "one", "--payload", "{"], 2, "single quotes"],
    [["replay", "one", "--all"], 2, "leave"],
    [["replay"], 2, "--all"],
    [["replay", "--all", "--payload", "1"], 2, "--payload"],
    [["replay", "one", "--since", "soon"], 2, "2h"],
    [["drop"], 2, "--all"],
    [["show", "nobody"], 1, "troupe trace nobody"],
    [["list", "--state", "lost"], 2, "open"],
  ];
  await Promise.all(cases.map(async ([args, code, says]) => {
    const run = await dlq(folder, ...args);
    assertEquals(run.code, code, `${args.join(" ")}: ${run.stderr}`);
    assertStringIncludes(run.stderr, says, args.join(" "));
  }));
  assertEquals(pick(await json(folder, "list"), "key", "state"), [["one/x-sink/0", "open"]]);
  assertEquals(await live.mesh.store.letters.replays("one"), []);
});

for (const moment of ["before", "after"]) {
  Deno.test(`a replay that is killed ${moment} it was published is repeated: one number, one result`, async () => {
    await using folder = await TestMesh.make({ tenfold: PICKY });
    {
      await using live = await openMesh(folder);
      await live.send("tenfold", { one: 1 }, 1);
    }
    await folder.write("tenfold", GENEROUS);
    const killed = await runDeno([
      "run",
      "-A",
      "--quiet",
      "--config",
      CONFIG,
      MORTAL,
      folder.data,
      "one",
      moment,
    ], {
      cwd: folder.dir,
    });
    assertEquals(killed.code, 128 + 9, killed.stderr);

    const store = await new MeshFolder(folder.data).openStore();
    const [begun] = await store.letters.replays("one");
    assertEquals([begun?.n, begun?.sentAt], [1, undefined]);
    await store.close();
    assertStringIncludes((await dlq(folder, "show", "one")).stdout, "not known to be sent");
    // Whoever replays everything takes it up as well.
    assertEquals(pick(await json(folder, "replay", "--all", "--yes"), "id", "replay"), [["one", 1]]);
    assertEquals(await json(folder, "replay", "--all", "--yes"), []);

    await using live = await openMesh(folder);
    await live.ends(moment === "before" ? 1 : 2);
    const result = await live.mesh.store.result("one");
    assertEquals([result?.phase, result?.payload, result?.replay, result?.conflicts], [
      "succeeded",
      "10",
      1,
      0,
    ]);
    assertEquals((await live.mesh.store.letters.replays("one")).length, 1);
    assertEquals(pick(await json(folder, "list", "--state", "all"), "state"), [["resolved"]]);
  });
}
