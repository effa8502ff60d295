// Actors in Rust as an author meets them: the SDK's own tests, a new actor from its first test to a sandbox, and what a
// spec grants: state by the SDK, files and variables by the standard library, requests by a client of the ecosystem.

import { cannotTest } from "@troupe/tests/languages";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { sdkFolder } from "../../cli/build/sdk_folders.ts";
import { testNewActor } from "./_new_actor_testing.ts";
import { conformanceActor, failureOf, guestIn, hops, payloadOf, ran } from "./_testing.ts";

const SDK = sdkFolder("rust");
const ignore = cannotTest("rust");
/** What is compiled for one test is there for the others; tests/integration/polyglot_test.ts uses it too. */
const SHARED = { CARGO_TARGET_DIR: join(SDK, "target") };

Deno.test({
  name: "rust: the SDK's own tests, its examples, and the cases of conformance in its test kit",
  ignore,
  async fn() {
    await ran("cargo", ["test", "--quiet", "--all-features"], { cwd: SDK });
    await ran("cargo", ["test", "--quiet"], { cwd: conformanceActor("rust"), env: SHARED });
  },
});

testNewActor({
  language: "rust",
  ignore,
  async runTests(cwd) {
    assertStringIncludes(await ran("cargo", ["test"], { cwd, env: SHARED }), "2 passed");
  },
  same: "bytes",
  traceback: /at src\/lib\.rs:\d+:\d+/,
  wrongTask: "serde_json.Error",
  source: "src/lib.rs",
  mistakes: [
    {
      what: "an error",
      source: (source) => source.replace("task.name)", "task.nme)"),
      code: "troupe.SourceError",
      message: /no field `nme` on type `Task`\n *--> src\/lib\.rs:\d+:\d+/,
    },
    {
      what: "a result that nothing can be made of",
      source: (source) =>
        source.replace("-> troupe::Result<Greeting>", "-> u8").replace("Ok(Greeting", "drop(Greeting"),
      code: "troupe.SourceError",
      // In the SDK's own words.
      message: /cannot be an actor's function/,
    },
    {
      what: "no handler",
      source: (source) => source.replace("#[troupe::actor]", "#[allow(dead_code)]"),
      code: "troupe.BadHandler",
      message: /write #\[troupe::actor\]/,
    },
  ],
});

Deno.test({ name: "rust: what it is granted", ignore }, async (t) => {
  const echo = async (request: Request) => {
    const { pathname } = new URL(request.url);
    return new Response(`${request.method} ${pathname} ${await request.text()}`, { status: 201 });
  };
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, echo);
  const { port } = server.addr;
  const actor = await guestIn("rust", port);

  await t.step("state", async () => {
    const tasks = ["state", "keys", { counter: 2 }, { counter: -5 }, "refused"];
    const { results: [state, keys, two, less, refused] } = await hops(actor, tasks);
    assertEquals(payloadOf(state), [null, true, false, ["tea", "milk"], true, ["tea", "milk"]]);
    assertEquals(payloadOf(keys), [["k/1", "k/2"], ["k/2"], [0, 255], [true, false]]);
    assertEquals([payloadOf(two), payloadOf(less)], [2, -3]);
    assertEquals(failureOf(refused).type, "guest.troupe.BadStateRequest");
  });

  await t.step("files, which can be read only", async () => {
    const { results: [words, absent] } = await hops(actor, [{ files: "/words" }, { files: "/etc" }]);
    const refusal = "read-only filesystem or storage medium";
    assertEquals(payloadOf(words), [["a", "b"], ["tea", "Grüße"], refusal]);
    const { message, mro } = failureOf(absent);
    assertEquals([message, mro], ["it cannot be listed", ["std.io.Error"]]);
  });

  await t.step("variables", async () => {
    const { results: [language, home] } = await hops(actor, [{ env: "LANGUAGE" }, { env: "HOME" }]);
    assertEquals(payloadOf(language), "en");
    assertEquals(failureOf(home).type, "NotPresent");
  });

  await t.step("requests", async () => {
    const at = `http://127.0.0.1:${port}`;
    const tasks = [{ get: `${at}/prices` }, { post: [`${at}/orders`, "tea"] }, { get: "http://other.test/" }];
    const { results: [prices, order, denied], logs } = await hops(actor, tasks);
    assertEquals(payloadOf(prices), [201, "GET /prices "]);
    assertEquals(payloadOf(order), [201, "POST /orders tea"]);
    assertEquals(failureOf(denied).type, "ErrorCode.HttpRequestDenied");
    assertStringIncludes(logs.join("\n"), "A request came to HTTP-request-denied");
  });
});
