// Actors in Python as an author meets them: the SDK's own tests, a new actor from its first test to a sandbox, what there
// is at run time and what is not, and what a spec grants.

import type { HopResult } from "@troupe/host/hop";
import { cannotTest } from "@troupe/tests/languages";
import { assert, assertEquals, assertMatch, assertNotEquals, assertStringIncludes } from "@std/assert";
import { sdkFolder } from "../../cli/build/sdk_folders.ts";
import { testNewActor } from "./_new_actor_testing.ts";
import { failureOf, guestIn, hops, payloadOf, ran } from "./_testing.ts";

const ignore = cannotTest("python");

async function pytest(cwd: string): Promise<string> {
  return await ran("python3", ["-m", "pytest", "-q"], { cwd, env: { PYTHONDONTWRITEBYTECODE: "1" } });
}

Deno.test({
  name: "python: the SDK's own tests, its examples, and the cases of conformance in its test kit",
  ignore,
  fn: async () => assertMatch(await pytest(sdkFolder("python")), /\d{3} passed/),
});

testNewActor({
  language: "python",
  ignore,
  runTests: async (folder) => assertMatch(await pytest(folder), /2 passed/),
  same: "inputs",
  traceback: /File "actor\.py", line \d+, in handle/,
  source: "actor.py",
  mistakes: [{
    what: "what is no Python",
    source: "import other\n\n\ndef handle(payload):\n    return other\n",
    files: { "other.py": "def half(:\n" },
    code: "troupe.SourceError",
    message: /^~\/other\.py:1: invalid syntax\n[\s\S]*def half\(:/,
  }],
});

/** What came of a task: its hop, that of the same task later, and what was logged in all of them. */
interface Done {
  readonly result: HopResult;
  readonly again: HopResult;
  readonly logs: readonly string[];
}

/** What the actor in `python/` is to do, and what has to come of it. */
const TASKS: Readonly<Record<string, (done: Done) => void>> = {
  environment: ({ result }) =>
    assertEquals(Object.keys(payloadOf(result) as object).sort(), ["LANGUAGE", "SERVER"]),
  files({ result }) {
    const { type, message } = failureOf(result);
    assertEquals(type, "OSError");
    assertMatch(message, /read-only/i);
  },
  lines({ logs }) {
    for (const line of ["info: a 1", "warn: b", "warn: c", "warn: part: careful: d", "debug: e", "info: f"]) {
      assert(logs.includes(line), `${line} is not in\n${logs.join("\n")}`);
    }
  },
  fails({ result }) {
    const { type, message, traceback } = failureOf(result);
    assertEquals([type, message], ["HelperError", "oh"]);
    assertMatch(traceback ?? "", /File "actor\.py", line \d+, in fails\n {4}raise HelperError\("oh"\)/);
  },
  late_import({ result }) {
    const { type, message } = failureOf(result);
    assertEquals(type, "ModuleNotFoundError");
    assertStringIncludes(message, "Import it at the top of actor.py");
  },
  chance({ result, again }) {
    const [one, other] = [result, again].map((of) => payloadOf(of) as [number: number, id: string]);
    for (const which of [0, 1]) assertNotEquals(one?.[which], other?.[which]);
  },
  sockets: ({ result }) => assertMatch(failureOf(result).message, /an actor has no sockets/),
  nap: ({ result }) => assert(payloadOf(result) as number > 0),
  naps: ({ result }) => assert(payloadOf(result) as number > 0),
  tuples: ({ result }) => assertEquals(payloadOf(result), { curr: "guest", seen: "guest" }),
  keeps: ({ result }) => assertEquals((payloadOf(result) as unknown[])[0], { "ü": 1 }),
  requests: ({ result }) =>
    assertEquals(payloadOf(result), [[201, "yes", "got Grüße b"], 404, "PermissionError"]),
  endless: ({ result }) => assertEquals(failureOf(result).type, "RecursionError"),
  leaves({ result }) {
    const { type, message } = failureOf(result);
    assertEquals([type, message], ["SystemExit", "bye"]);
  },
};

async function answer(request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  if (pathname !== "/there" || search !== "?x=1") return new Response("none", { status: 404 });
  const body = `got ${await request.text()} ${request.headers.get("x-a")}`;
  return new Response(body, { status: 201, headers: { "x-told": "yes" } });
}

Deno.test({ name: "python: what it has at run time, and has not", ignore }, async (t) => {
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, answer);
  const names = Object.keys(TASKS);
  const { results, logs } = await hops(await guestIn("python", server.addr.port), [...names, "chance"]);
  const again = results.at(-1);
  assert(again);
  for (const [n, [name, check]] of Object.entries(TASKS).entries()) {
    const result = results[n];
    assert(result);
    await t.step(name, () => check({ result, again, logs }));
  }
});
