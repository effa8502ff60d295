// The driver, seen through the test kit: what handlers may be and do.
import { assertEquals, assertStringIncludes } from "@std/assert";
import { del, emit, fly, get, type Json, log, mesh, RefusedError, set, type Steps } from "./mod.ts";
import { run } from "./testing.ts";

Deno.test("what a plain function returns is emitted", () => {
  const { emits } = run((n: number) => n + 1, 1, {
    actor: "add",
    prev: ["p"],
    next: ["n"],
    headers: { h: [1] },
  });
  assertEquals(emits, [{
    payload: 2,
    route: { prev: ["p"], curr: "add", next: ["n"] },
    headers: { h: [1] },
  }]);
});

const RETURNED: [string, unknown, Json[]][] = [
  ["undefined", undefined, []],
  ["null", null, [null]],
  ["a list", [1, 2], [[1, 2]]],
  ["false", false, [false]],
];

for (const [name, value, payloads] of RETURNED) {
  Deno.test(`returning ${name} emits ${JSON.stringify(payloads)}`, () => {
    assertEquals(run(() => value, null).payloads, payloads);
  });
  Deno.test(`a generator that ends with ${name} emits ${JSON.stringify(payloads)} last`, () => {
    const handle = function* () {
      yield "first";
      return value;
    };
    assertEquals(run(handle, null).payloads, ["first", ...payloads]);
  });
}

Deno.test("a generator yields verbs and payloads, and gets answers", () => {
  function* handle(task: { n: number }): Steps {
    const lang = yield* get<string>(".headers.lang");
    const id = yield get(".id");
    yield set(".headers.seen", { lang, id });
    yield { n: task.n };
    yield del(".headers.lang");
    yield set(".route.next", []);
    yield fly({ half: true });
    yield emit(null);
    yield undefined;
  }
  const hop = run(handle, { n: 1 }, { headers: { lang: "en" }, next: ["a"] });
  assertEquals(hop.failure, undefined);
  assertEquals(hop.emits.map(({ payload, route, headers }) => [payload, route.next, headers]), [
    [{ n: 1 }, ["a"], { lang: "en", seen: { lang: "en", id: "test" } }],
    [null, [], { seen: { lang: "en", id: "test" } }],
  ]);
  assertEquals(hop.flies, [{ half: true }]);
  assertEquals(hop.edits.map(({ verb, path }) => `${verb} ${path}`), [
    "set .headers.seen",
    "del .headers.lang",
    "set .route.next",
  ]);
});

Deno.test("the mesh can be called directly", () => {
  const hop = run((words: string[]) => {
    mesh.set(".headers.count", words.length);
    log("info", `${mesh.get<number>(".headers.count")} words`);
    for (const word of words) mesh.emit(word);
    mesh.fly("done");
    mesh.del(".headers.count");
    return mesh.get(".headers.count") === undefined;
  }, ["a", "b"]);
  assertEquals([hop.payloads, hop.flies], [["a", "b", true], ["done"]]);
  assertEquals(hop.logs, [{ level: "info", message: "2 words" }]);
});

Deno.test("a refused call can be caught where it was made", () => {
  function* yields(): Steps {
    try {
      yield set(".status", 1);
    } catch (error) {
      yield (error as RefusedError).code;
    }
  }
  const calls = () => {
    try {
      return mesh.set(".status", 1);
    } catch (error) {
      return error instanceof RefusedError ? error.code : "?";
    }
  };
  assertEquals(run(yields, null).payloads, ["troupe.AccessError"]);
  assertEquals(run(calls, null).payloads, ["troupe.AccessError"]);
});

const FAILURES: [string, () => unknown, string, string][] = [
  ["a refused call", () => mesh.set(".route.next", ["other"]), "troupe.RouteDenied", "grants.route"],
  ["too many emits", () => [1, 2, 3, 4].forEach((n) => mesh.emit(n)), "troupe.OutputLimit", "limits.emits"],
  ["an async function", async () => await Promise.resolve(1), "AwaitError", "returned a promise"],
  ["an async generator", async function* () {}, "AwaitError", "an async generator"],
  ["a BigInt", () => 1n, "NotJsonError", "the returned payload"],
  [
    "a yielded function",
    function* () {
      yield () => 1;
    },
    "NotJsonError",
    "the yielded payload",
  ],
  [
    "a value that is no JSON",
    () => mesh.set(".headers.x", undefined),
    "NotJsonError",
    "the value for .headers.x",
  ],
  ["a verb that was not yielded", () => void set(".headers.x", 1), "NotYieldedError", 'set(".headers.x")'],
  ["a verb that was returned", () => emit(1), "NotYieldedError", "emit(…)"],
  [
    "a generator that was not delegated to",
    function* () {
      yield (function* () {})();
    },
    "NotJsonError",
    "write yield*",
  ],
  ["its own error", () => JSON.parse("{"), "SyntaxError", "JSON"],
];

for (const [name, handle, kind, says] of FAILURES) {
  Deno.test(`${name} is the failure ${kind}`, () => {
    const { failure, emits } = run(handle as () => Json, null, { emits: 3 });
    assertEquals(failure?.kind, kind);
    assertStringIncludes(failure?.message ?? "", says);
    assertEquals(emits, []);
  });
}

Deno.test("a failure takes back what was emitted before it", () => {
  const hop = run(function* () {
    yield 1;
    throw new Error("late");
  }, null);
  assertEquals([hop.emits, hop.failure?.message], [[], "late"]);
});

Deno.test("a verb may be made early and yielded twice", () => {
  const mark = set(".headers.x", 1);
  const hop = run(function* () {
    yield mark;
    yield mark;
  }, null);
  assertEquals([hop.failure, hop.edits.length], [undefined, 2]);
});

Deno.test("the payload is a copy, as it is for a component", () => {
  const payload = { list: [1] };
  run((given: { list: number[] }) => void given.list.push(2), payload);
  assertEquals(payload, { list: [1] });
});

Deno.test("the mesh cannot be called while no envelope is being handled", () => {
  let message = "";
  try {
    mesh.emit(1);
  } catch (error) {
    message = (error as Error).message;
  }
  assertStringIncludes(message, "mesh.emit was called while no envelope is being handled");
});
