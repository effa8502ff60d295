// Actors in TypeScript and JavaScript: a new actor from its first test to a sandbox, and what holds the binding to the
// contract. What they have around them, and what the build says of mistakes, is tested in cli/build/js.

import { assertEquals, assertStringIncludes } from "@std/assert";
import { encodeHex } from "@std/encoding/hex";
import { runDeno } from "../../cli/commands/_testing.ts";
import { testNewActor } from "./_new_actor_testing.ts";

const SDK = new URL("../../sdk/", import.meta.url);

/** What is said in a WIT file, without comments and the space between words. */
function meaning(wit: string): string {
  return wit.replaceAll(/\/\/.*$/gm, "").replaceAll(/\s+/g, " ").trim();
}

async function digest(text: string): Promise<string> {
  return encodeHex(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))));
}

const writtenFor: Record<string, string> = JSON.parse(
  await Deno.readTextFile(new URL("js/wit/written_for.json", SDK)),
);

Deno.test("js: the binding is that of the contract", async (t) => {
  const names = (await Array.fromAsync(Deno.readDir(new URL("wit", SDK)))).map(({ name }) => name);
  assertEquals(Object.keys(writtenFor).sort(), names.filter((name) => name.endsWith(".wit")).sort());
  for (const [name, expected] of Object.entries(writtenFor)) {
    await t.step(name, async () => {
      assertEquals(
        await digest(meaning(await Deno.readTextFile(new URL(`wit/${name}`, SDK)))),
        expected,
        `sdk/wit/${name} is another than the one for which sdk/js/runtime/{contract,state_contract,mod}.ts were written, ` +
          "by hand. Compare the two, change these, and put this digest into sdk/js/wit/written_for.json",
      );
    });
  }
});

Deno.test("js: comments of the contract may change, types may not", async () => {
  const [one, same, other] = await Promise.all(
    ["f: func(a: u32);", "/// Does.\n  f: func(a:   u32); // it", "f: func(a: u64);"].map((wit) =>
      digest(meaning(wit))
    ),
  );
  assertEquals([same === one, other === one], [true, false]);
});

for (const language of ["ts", "js"]) {
  testNewActor({
    language,
    ignore: false,
    async runTests(cwd) {
      const tested = await runDeno(["test"], { cwd });
      assertEquals(tested.code, 0, tested.stderr + tested.stdout);
      assertStringIncludes(tested.stdout, "2 passed");
      // In the style that deno fmt and deno lint have where nothing else is said.
      assertEquals((await runDeno(["fmt", "--check"], { cwd })).code, 0);
      assertEquals((await runDeno(["lint"], { cwd })).code, 0);
    },
    same: "inputs",
    traceback: new RegExp(`at handle \\(actor\\.${language}:\\d+\\)`),
    source: `actor.${language}`,
    mistakes: [{
      what: "an error",
      source: "export const handle = (task) => task +;\n",
      code: "troupe.SourceError",
      message: new RegExp(`~/actor\\.${language}:1:\\d+`),
    }],
  });
}
