import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { hops, problemOf, specIn, testActor } from "./_testing.ts";
import { buildActor, BuildError } from "./mod.ts";
import { recordPath } from "./record.ts";
import { sourceNames } from "./source.ts";

const CHECK = { check: true };
const ACTOR = `
import { fly, type Steps } from "@troupe/sdk";
import * as z from "zod/mini";
import { double, refuse as refuseAll } from "./lib/double.ts";
import type { Task } from "./types.ts";

const Payload = z.object({ n: z.number() });

/** Doubles. */
export function* handle(task: Task): Steps {
  const { n } = Payload.parse(task);
  if (n === 13) refuse(n);
  if (n === 0) refuseAll();
  yield { n: double(n) };
}

function refuse(n: number): never {
  throw new RangeError(\`\${n} is unlucky\`);
}
`;
const FILES = {
  "actor.ts": ACTOR,
  "lib/double.ts": `// The second line fails for negative numbers.
export function double(n: number): number {
  if (n < 0) throw new Error("negative");
  return n * 2;
}

class RefusedError extends Error {}

export function refuse(): never {
  throw new RefusedError("refused");
}
`,
  "types.ts": "export interface Task { n: number }\n",
};

Deno.test("an actor outside of any workspace, with a library and files of its own", async (t) => {
  await using actor = await testActor(FILES);
  const { spec } = actor;
  const first = await buildActor(spec, CHECK);

  await t.step("is built where its spec says", async () => {
    const path = join(actor.folder, "build", "tested.wasm");
    assertEquals(first.built, true);
    assertEquals(first.component?.path, path);
    assertEquals(first.component?.size, (await Deno.stat(path)).size);
    assertMatch(first.component?.digest ?? "", /^[0-9a-f]{64}$/);
    const left = [...Deno.readDirSync(join(actor.folder, "build"))].map(({ name }) => name).sort();
    assertEquals(left, ["tested.wasm", "tested.wasm.built"]);
  });

  await t.step("runs, and tells of failures by the author's lines", async () => {
    const payloads = [{ n: 2 }, { n: 13 }, { n: -1 }, { m: 1 }, { n: 0 }];
    const [four, unlucky, negative, wrong, refused] = await hops(actor, payloads);
    assert(four?.ok && unlucky?.ok === false && negative?.ok === false && wrong?.ok === false);
    assert(refused?.ok === false);
    assertEquals(four.emits.map(({ payload }) => payload), ['{"n":4}']);
    assertEquals([unlucky.failure.type, unlucky.failure.message], ["RangeError", "13 is unlucky"]);
    assertStringIncludes(unlucky.failure.traceback ?? "", "at refuse (actor.ts:18)");
    assertStringIncludes(unlucky.failure.traceback ?? "", "at handle (actor.ts:12)");
    assertStringIncludes(negative.failure.traceback ?? "", "at double (lib/double.ts:3)");
    assertEquals(wrong.failure.type, "$ZodError");
    // The SDK has a class, and the actor a function, of the same name.
    assertEquals(refused.failure.type, "RefusedError");
    assertStringIncludes(refused.failure.traceback ?? "", "at refuse (lib/double.ts:10)");
  });

  await t.step("has no path of this machine in it", async () => {
    const text = new TextDecoder("latin1").decode(await Deno.readFile(first.component?.path ?? ""));
    assertEquals(text.includes(actor.folder.slice(1)), false);
    assertEquals(text.includes(fromFileUrl(new URL("../..", import.meta.url)).slice(1, -1)), false);
  });

  await t.step("is up to date then", async () => {
    for (const check of [true, false]) {
      const { built, component } = await buildActor(spec, { check });
      assertEquals([built, component], [false, first.component]);
    }
  });

  await t.step("is up to date in another place, with other times of its files", async () => {
    await using copy = await testActor(FILES);
    await Deno.mkdir(join(copy.folder, "build"));
    for (const name of ["tested.wasm", "tested.wasm.built"]) {
      await Deno.copyFile(join(actor.folder, "build", name), join(copy.folder, "build", name));
    }
    assertEquals((await buildActor(copy.spec, CHECK)).built, false);
  });

  await t.step("is built again when a file that it imports has changed", async () => {
    await actor.write("lib/double.ts", FILES["lib/double.ts"].replace("n * 2", "n * 2 + 1"));
    const second = await buildActor(spec, CHECK);
    assertEquals(second.built, true);
    assertNotEquals(second.component?.digest, first.component?.digest);
    const [five] = await hops(actor, [{ n: 2 }]);
    assertEquals(five?.ok && five.emits.map(({ payload }) => payload), ['{"n":5}']);
  });

  await t.step("is left as it was when it cannot be built", async () => {
    const bytes = await Deno.readFile(first.component?.path ?? "");
    await actor.write("actor.ts", "export function handle(): number { return missing; }\n");
    await assertRejects(() => buildActor(spec, CHECK), BuildError, "missing");
    assertEquals(await Deno.readFile(first.component?.path ?? ""), bytes);
  });
});

Deno.test("a component is made again when it, or what is known of it, is damaged", async (t) => {
  await using actor = await testActor({ "actor.js": "export const handle = (payload) => payload;\n" });
  const { component } = await buildActor(actor.spec, CHECK);
  const path = component?.path ?? "";
  const damages: Record<string, () => Promise<void>> = {
    "its bytes": () => Deno.writeFile(path, new Uint8Array([1, 2, 3])),
    "its record": () => Deno.writeTextFile(recordPath(path), '{"inputs":'),
    "it is gone": () => Deno.remove(path),
  };
  for (const [name, damage] of Object.entries(damages)) {
    await t.step(name, async () => {
      await damage();
      assertEquals((await buildActor(actor.spec, CHECK)).built, true);
      assertEquals((await buildActor(actor.spec, CHECK)).built, false);
    });
  }
});

Deno.test("types are checked later, when they were not at first", async () => {
  await using actor = await testActor({
    "actor.ts": "export function handle(n: number): string { return n; }\n",
  });
  assertEquals((await buildActor(actor.spec, { check: false })).built, true);
  await assertRejects(() => buildActor(actor.spec, CHECK), BuildError, "Type 'number' is not assignable");
  assertEquals((await buildActor(actor.spec, { check: false })).built, false);
});

Deno.test("processes that build the same actor at once: one builds, all have it", async () => {
  await using actor = await testActor({ "actor.js": "export const handle = (payload) => payload;\n" });
  const program = `
    import { buildActor } from "@troupe/cli/build";
    import { parseActorSpec } from "@troupe/controller/spec";
    const file = ${JSON.stringify(actor.spec.file)};
    const spec = parseActorSpec(${JSON.stringify(SPEC)}, { file });
    const results = await Promise.all([1, 2].map(() => buildActor(spec, { check: false })));
    console.log(JSON.stringify(results));`;
  const outputs = await Promise.all([1, 2].map(async () => {
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", "--quiet", program],
      cwd: fromFileUrl(new URL(".", import.meta.url)),
    }).output();
    assertEquals(new TextDecoder().decode(stderr), "");
    return JSON.parse(new TextDecoder().decode(stdout));
  }));
  const results: { built: boolean; component: { digest: string } }[] = outputs.flat();
  assertEquals(results.map(({ built }) => built).sort(), [false, false, false, true]);
  assertEquals(new Set(results.map(({ component }) => component.digest)).size, 1);
});

const SPEC = `
apiVersion: troupe.dev/v1alpha1
kind: Actor
metadata: { name: tested }
spec: { component: { file: build/tested.wasm } }
`;

Deno.test("a place where nothing can be written is named", async () => {
  await using actor = await testActor({
    "actor.js": "export const handle = (payload) => payload;\n",
    "build": "a file",
  });
  const error = await assertRejects(() => buildActor(actor.spec, CHECK), BuildError);
  assertEquals(error.code, "troupe.BuildFailed");
  assertStringIncludes(error.message, `${join(actor.folder, "build", "tested.wasm")} cannot be written: `);
});

Deno.test("a component without a source is taken as it is", async () => {
  await using actor = await testActor({ "build/tested.wasm": "ready" });
  const { built, component } = await buildActor(actor.spec, CHECK);
  assertEquals([built, component?.size], [false, 5]);
});

Deno.test("neither a component nor a source", async () => {
  assertEquals(
    await problemOf({}, "troupe.NoSource"),
    "~/actor.yaml names the component ~/build/tested.wasm, which does not exist, and there is no source beside it " +
      `to build it from: write one (${sourceNames()}), or put the component there`,
  );
});

Deno.test("two sources", async () => {
  const problem = await problemOf({ "actor.ts": "", "actor.js": "" }, "troupe.NoSource");
  assertEquals(problem, "~/actor.ts and ~/actor.js could both be the source: remove one of them");
});

Deno.test("a component from the network is left to whoever runs it", async () => {
  const spec = {
    ...specIn("/nowhere"),
    component: { kind: "https", url: "https://a.example/", sha256: "" },
  } as const;
  assertEquals(await buildActor(spec, CHECK), { built: false, ms: 0 });
});
