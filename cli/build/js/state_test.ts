import { assertEquals } from "@std/assert";
import { inspectComponent } from "@troupe/host/component/inspect";
import { testActor } from "../_testing.ts";
import { buildActor } from "../mod.ts";

const CHECK = { check: true };
const COUNTS = `
import { state } from "@troupe/sdk/state";

export const handle = (key: string): number => state.add(key);
`;

/** What a component imports of the contract, without versions. */
async function imported(path: string): Promise<string[]> {
  const { imports } = await inspectComponent(await Deno.readFile(path), { grants: { route: [] } });
  return imports.map(({ name }) => name.replace(/@.*/, "")).filter((name) => name.startsWith("troupe:"))
    .sort();
}

Deno.test("a component imports state if its source does, also from a file of its own, and else not", async () => {
  await using actor = await testActor({
    "actor.ts": `export { handle } from "./lib.ts";\n`,
    "lib.ts": COUNTS,
  });
  const path = (await buildActor(actor.spec, CHECK)).component?.path ?? "";
  assertEquals(await imported(path), ["troupe:actor/failures", "troupe:actor/mesh", "troupe:actor/state"]);
  assertEquals((await buildActor(actor.spec, CHECK)).built, false);
  // Types are nothing that runs.
  const types = `import type { Entry } from "@troupe/sdk/state";
    export const handle = (key: string): Entry<string> => ({ value: key, version: 1 });\n`;
  await actor.write("lib.ts", types);
  await buildActor(actor.spec, CHECK);
  assertEquals(await imported(path), ["troupe:actor/failures", "troupe:actor/mesh"]);
});
