import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { basename, fromFileUrl, join, toFileUrl } from "@std/path";
import { BundleError, bundleForSandbox, scriptFile, SCRIPTS_VARIABLE } from "./bundle.ts";

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "troupe-bundle-" });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function write(folder: string, files: Record<string, string>): Promise<URL> {
  for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(join(folder, name), text);
  return toFileUrl(join(folder, Object.keys(files)[0] ?? ""));
}

async function run(script: string): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-config", script],
  })
    .output();
  return new TextDecoder().decode(stdout).trim();
}

Deno.test("an entry and what it imports become one script that runs by itself", async () => {
  await withFolder(async (folder) => {
    const entry = await write(folder, {
      "entry.ts": 'import { add } from "./add.ts"; const sum: number = add(1, 2); console.log(sum);',
      "add.ts": "export const add = (a: number, b: number): number => a + b;",
    });
    const cache = join(folder, "cache", "deep");
    const script = await bundleForSandbox(entry, cache);
    await Deno.remove(join(folder, "add.ts"));
    assertEquals(await run(script), "3");
    assertEquals([...Deno.readDirSync(cache)].map(({ name }) => name), [basename(script)]);
  });
});

Deno.test("asked for at once and again, it is made once", async () => {
  await withFolder(async (folder) => {
    const entry = await write(folder, { "entry.ts": "console.log(1)" });
    const scripts = await Promise.all([1, 2, 3].map(() => bundleForSandbox(entry, folder)));
    assertEquals(new Set([...scripts, await bundleForSandbox(entry, folder)]).size, 1);
  });
});

Deno.test("when the result has gone, it is made again", async () => {
  await withFolder(async (folder) => {
    const entry = await write(folder, { "entry.ts": "console.log(1)" });
    const cache = join(folder, "cache");
    const script = await bundleForSandbox(entry, cache);
    await Deno.remove(cache, { recursive: true });
    assertEquals(await Promise.all([1, 2].map(() => bundleForSandbox(entry, cache))), [script, script]);
    assertEquals(await run(script), "1");
  });
});

Deno.test("another content is another file", async () => {
  await withFolder(async (folder) => {
    const [one, two] = [join(folder, "one"), join(folder, "two")];
    await Deno.mkdir(one);
    await Deno.mkdir(two);
    const first = await bundleForSandbox(await write(one, { "entry.ts": "console.log(1)" }), folder);
    const second = await bundleForSandbox(await write(two, { "entry.ts": "console.log(2)" }), folder);
    assertNotEquals(first, second);
    assertEquals([await run(first), await run(second)], ["1", "2"]);
  });
});

Deno.test("what something else has put in its place is not trusted", async () => {
  await withFolder(async (folder) => {
    const entry = await write(folder, { "entry.ts": "console.log('right')" });
    const script = await bundleForSandbox(entry, folder);
    await Deno.remove(script);
    await Deno.writeTextFile(script, "console.log('wrong')");
    // Named differently, the folder is not known yet: as in another process.
    assertEquals(await bundleForSandbox(entry, join(folder, "..") + "/" + basename(folder) + "/"), script);
    assertEquals(await run(script), "right");
  });
});

Deno.test("what cannot be bundled is a named error, and can be tried again", async () => {
  await withFolder(async (folder) => {
    const entry = await write(folder, { "entry.ts": 'import "./missing.ts";' });
    const error = await assertRejects(() => bundleForSandbox(entry, folder), BundleError);
    assert(error.message.includes("missing.ts"), error.message);
    await write(folder, { "missing.ts": "console.log('found')" });
    assertEquals(await run(await bundleForSandbox(entry, folder)), "found");
  });
});

Deno.test("a bundle that was made before is taken, and one that is missing is not made", async () => {
  await withFolder(async (folder) => {
    const entry = new URL("../stage/child/main.ts", import.meta.url);
    const made = join(folder, scriptFile(fromFileUrl(entry)));
    assertEquals(made, join(folder, "stage/child/main.js"));
    const cache = join(folder, "cache");
    Deno.env.set(SCRIPTS_VARIABLE, folder);
    try {
      await assertRejects(() => bundleForSandbox(entry, cache), BundleError, SCRIPTS_VARIABLE);
      await Deno.mkdir(join(folder, "stage/child"), { recursive: true });
      await Deno.writeTextFile(made, "");
      assertEquals(await bundleForSandbox(entry, cache), made);
    } finally {
      Deno.env.delete(SCRIPTS_VARIABLE);
    }
    await assertRejects(() => Deno.stat(cache), Deno.errors.NotFound);
  });
});
