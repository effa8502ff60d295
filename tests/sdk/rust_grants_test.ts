// What a spec grants, as an actor in Rust comes to it: state by the SDK, files and variables by the standard library,
// requests by a client of the ecosystem.

import { assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { IGNORE, payloadsOf, runTroupe, withActor } from "./_rust_testing.ts";

const FOLDER = fromFileUrl(new URL("rust_grants", import.meta.url));

Deno.test("rust: grants", { ignore: IGNORE }, async (t) => {
  const built = await runTroupe(["build", "."], { cwd: FOLDER });
  assertEquals(built.code, 0, built.text);
  const echo = async (request: Request) => {
    const { pathname } = new URL(request.url);
    return new Response(`${request.method} ${pathname} ${await request.text()}`, { status: 201 });
  };
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, echo);
  const { port } = server.addr;
  await withActor(FOLDER, async ({ handle, logged }) => {
    const ask = async (task: Parameters<typeof handle>[0]) => payloadsOf(await handle(task))[0];
    const failureOf = async (task: Parameters<typeof handle>[0]) => {
      const result = await handle(task);
      if (result.ok) throw new Error("it did not fail");
      return result.failure;
    };

    await t.step("state", async () => {
      assertEquals(await ask("state"), [null, true, false, ["tea", "milk"], true, ["tea", "milk"]]);
      assertEquals(await ask("keys"), [["k/1", "k/2"], ["k/2"], [0, 255], [true, false]]);
      assertEquals([await ask({ counter: 2 }), await ask({ counter: -5 })], [2, -3]);
      assertEquals((await failureOf("refused")).type, "guest.troupe.BadStateRequest");
    });

    await t.step("files, which can be read only", async () => {
      assertEquals(await ask({ files: "/words" }), [
        ["a", "b"],
        ["tea", "Grüße"],
        "read-only filesystem or storage medium",
      ]);
      const absent = await failureOf({ files: "/etc" });
      assertEquals([absent.message, absent.mro], ["it cannot be listed", ["std.io.Error"]]);
    });

    await t.step("variables", async () => {
      assertEquals(await ask({ env: "LANGUAGE" }), "en");
      assertEquals((await failureOf({ env: "HOME" })).type, "NotPresent");
    });

    await t.step("requests", async () => {
      const at = `http://shop.test:${port}`;
      assertEquals(await ask({ get: `${at}/prices` }), [201, "GET /prices "]);
      assertEquals(await ask({ post: [`${at}/orders`, "tea"] }), [201, "POST /orders tea"]);
      assertEquals((await failureOf({ get: "http://other.test/" })).type, "ErrorCode.HttpRequestDenied");
      assertStringIncludes(logged.join("\n"), "A request came to HTTP-request-denied");
    });
  }, (yaml) => yaml.replace("8080", String(port)));
});
