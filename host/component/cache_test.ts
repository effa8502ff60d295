import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { actor } from "./_testing/components.ts";
import { temporaryFolder } from "./_testing/temporary_folder.ts";
import { type CacheEntry, ComponentCache } from "./cache.ts";
import { digestOf } from "./digest.ts";
import { factsOf } from "./facts.ts";

const KEY = "k".repeat(64);
const HOUR_MS = 3_600_000;

async function entry(glue = "export const a = 1;"): Promise<CacheEntry> {
  const bytes = await actor();
  return {
    size: bytes.length,
    facts: factsOf(bytes),
    files: {
      glue: { name: "component.js", bytes: new TextEncoder().encode(glue) },
      modules: [
        { name: "component.core.wasm", bytes: new Uint8Array([1, 2, 3]) },
        { name: "component.core2.wasm", bytes: new Uint8Array() },
      ],
      restorable: { why: "it is a test" },
    },
  };
}

/** A cache in a folder of its own, and what it warned of. */
async function openCache(now?: () => number) {
  const folder = await temporaryFolder();
  const warnings: string[] = [];
  const path = join(folder.path, "components");
  const onWarning = (message: string) => void warnings.push(message);
  const cache = new ComponentCache(path, { onWarning, ...(now ? { now } : {}) });
  return { cache, path, warnings, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

const names = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

Deno.test("what was written is read", async () => {
  await using opened = await openCache();
  const { cache, path, warnings } = opened;
  assertEquals(await cache.read(KEY), undefined);
  await cache.write(KEY, await entry());
  assertEquals(await cache.read(KEY), await entry());
  assertEquals(await cache.read("another"), undefined);
  assertEquals(names(path), [KEY]);
  assertEquals(warnings, []);
});

Deno.test("what was changed is as good as absent, and is replaced", async (t) => {
  const flip = (bytes: Uint8Array<ArrayBuffer>) =>
    bytes.map((byte, n) => n === bytes.length - 2 ? byte ^ 1 : byte);
  const changes: [string, (folder: string) => Promise<void>][] = [
    ["the glue", (folder) => change(join(folder, "component.js"), flip)],
    ["the glue, cut", (folder) => change(join(folder, "component.js"), (bytes) => bytes.slice(0, 3))],
    ["a module", (folder) => change(join(folder, "component.core.wasm"), flip)],
    ["a module, removed", (folder) => Deno.remove(join(folder, "component.core2.wasm"))],
    ["the manifest", (folder) => change(join(folder, "manifest.json"), flip)],
    ["the manifest, cut", (folder) => change(join(folder, "manifest.json"), (bytes) => bytes.slice(0, -40))],
    ["the manifest, emptied", (folder) => change(join(folder, "manifest.json"), () => new Uint8Array())],
    ["the manifest, removed", (folder) => Deno.remove(join(folder, "manifest.json"))],
    ["everything", async (folder) => {
      await Deno.remove(folder, { recursive: true });
      await Deno.writeTextFile(folder, "a file where a folder was");
    }],
  ];
  for (const [name, tamper] of changes) {
    await t.step(name, async () => {
      await using opened = await openCache();
      const { cache, path, warnings } = opened;
      await cache.write(KEY, await entry("export const a = 1; // old"));
      await tamper(join(path, KEY));
      assertEquals(await cache.read(KEY), undefined);
      assertEquals(warnings.length, 1);
      assertMatch(warnings[0] ?? "", /is not what was written .*made anew/);
      await cache.write(KEY, await entry());
      assertEquals(await cache.read(KEY), await entry());
      assertEquals(names(path), [KEY]);
    });
  }
});

async function change(
  path: string,
  how: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>,
): Promise<void> {
  await Deno.writeFile(path, how(await Deno.readFile(path)));
}

Deno.test("a manifest cannot name files elsewhere, even with the right digests", async () => {
  await using opened = await openCache();
  const { cache, path, warnings } = opened;
  await cache.write(KEY, await entry());
  const elsewhere = new TextEncoder().encode("something else");
  await Deno.writeFile(join(path, "elsewhere"), elsewhere);
  const [, json = ""] = (await Deno.readTextFile(join(path, KEY, "manifest.json"))).split("\n");
  const manifest = JSON.parse(json);
  manifest.files[0] = { name: "../elsewhere", sha256: await digestOf(elsewhere) };
  const forged = JSON.stringify(manifest);
  const digest = await digestOf(new TextEncoder().encode(forged));
  await Deno.writeTextFile(join(path, KEY, "manifest.json"), `${digest}\n${forged}`);
  assertEquals(await cache.read(KEY), undefined);
  assertEquals(warnings.length, 1);
});

Deno.test("an entry under another's name is not taken for that one's", async () => {
  await using opened = await openCache();
  const { cache, path, warnings } = opened;
  await cache.write(KEY, await entry());
  await Deno.rename(join(path, KEY), join(path, "another"));
  assertEquals(await cache.read("another"), undefined);
  assertMatch(warnings.join(), /another component/);
});

Deno.test("a sound entry stays, and what was to take its place goes", async () => {
  await using opened = await openCache();
  const { cache, path } = opened;
  await cache.write(KEY, await entry("// the first"));
  await cache.write(KEY, await entry("// the second"));
  assertEquals(await cache.read(KEY), await entry("// the first"));
  assertEquals(names(path), [KEY]);
});

Deno.test("any number can write and read at once", async () => {
  await using opened = await openCache();
  const { cache, path, warnings } = opened;
  const whole = await entry();
  await Promise.all(Array.from({ length: 20 }, async () => {
    const before = await cache.read(KEY);
    if (before) assertEquals(before, whole);
    await cache.write(KEY, whole);
    assertEquals(await cache.read(KEY), whole);
  }));
  assertEquals(names(path), [KEY]);
  assertEquals(warnings, []);
});

Deno.test("what a killed process left is removed after an hour, and not before", async () => {
  let now = Date.now();
  await using opened = await openCache(() => now);
  const { cache, path } = opened;
  await Deno.mkdir(join(path, ".aside-left"), { recursive: true });
  await Deno.writeTextFile(join(path, ".aside-left", "component.js"), "half a");
  await cache.write("one", await entry());
  assertEquals(names(path), [".aside-left", "one"]);
  now += 2 * HOUR_MS;
  await cache.write("two", await entry());
  assertEquals(names(path), ["one", "two"]);
});

Deno.test("what is not the entry's fault is not taken for it", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "components");
  await Deno.writeTextFile(path, "a file where the cache is to be");
  const cache = new ComponentCache(path, { onWarning: () => {} });
  let thrown: unknown;
  await cache.write(KEY, await entry()).catch((error: unknown) => thrown = error);
  assert(thrown instanceof Error);
});
