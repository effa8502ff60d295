// Actors in JavaScript and TypeScript. Their way from `troupe new` to a sandbox is tested in cli/commands/new, what they
// have around them in cli/build/js; here is what holds the binding to the contract.

import { assertEquals } from "@std/assert";
import { encodeHex } from "@std/encoding/hex";

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

Deno.test("js: every file of the contract is known to the binding", async () => {
  const names = (await Array.fromAsync(Deno.readDir(new URL("wit", SDK)))).map(({ name }) => name);
  assertEquals(Object.keys(writtenFor).sort(), names.filter((name) => name.endsWith(".wit")).sort());
});

for (const [name, expected] of Object.entries(writtenFor)) {
  Deno.test(`js: the binding is that of ${name} as it is now`, async () => {
    assertEquals(
      await digest(meaning(await Deno.readTextFile(new URL(`wit/${name}`, SDK)))),
      expected,
      `sdk/wit/${name} is another than the one for which sdk/js/runtime/{contract,state_contract,mod}.ts were written, by ` +
        "hand. Compare the two, change these, and put this digest into sdk/js/wit/written_for.json",
    );
  });
}

Deno.test("js: comments of the contract may change, types may not", async () => {
  const [one, same, other] = await Promise.all(
    ["f: func(a: u32);", "/// Does.\n  f: func(a:   u32); // it", "f: func(a: u64);"].map((wit) =>
      digest(meaning(wit))
    ),
  );
  assertEquals([same === one, other === one], [true, false]);
});
