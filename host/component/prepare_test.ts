import { assert, assertEquals, assertRejects, assertStrictEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { makeCertificate } from "./_testing/certificate.ts";
import { actor, jsActor } from "./_testing/components.ts";
import { runHandle } from "./_testing/run.ts";
import { temporaryFolder } from "./_testing/temporary_folder.ts";
import type { ComponentSource } from "./component.ts";
import { digestOf } from "./digest.ts";
import { ComponentRefusedError, ComponentSourceError, TranspileError } from "./errors.ts";
import { inspect, prepareComponent } from "./prepare.ts";

const GRANTS = { route: [] };
/** With these, a sandbox cannot come to an answer: what succeeds all the same came from the cache. */
const NO_SANDBOX = { timeMs: 1 };

/** A folder with a component in it, and a cache beside it. */
async function setUp(bytes: Uint8Array) {
  const folder = await temporaryFolder();
  const path = join(folder.path, "actor.wasm");
  await Deno.writeFile(path, bytes);
  const cacheDir = join(folder.path, "cache");
  const warnings: string[] = [];
  const options = { cacheDir, grants: GRANTS, onWarning: (message: string) => void warnings.push(message) };
  const source: ComponentSource = { kind: "file", path };
  return {
    source,
    options,
    warnings,
    cacheDir,
    path,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

const entries = (cacheDir: string) =>
  [...Deno.readDirSync(join(cacheDir, "components"))].map(({ name }) => name);

Deno.test("a component of the JavaScript toolchain is prepared, kept, and runs", async () => {
  await using given = await setUp(await jsActor());
  const { source, options, cacheDir, warnings } = given;
  const made = await prepareComponent(source, options);
  assertEquals(made.digest, await digestOf(await jsActor()));
  assertEquals(made.baselineOnly, false);
  const again = await prepareComponent(source, { ...options, bounds: NO_SANDBOX });
  assertEquals(again, made);
  const ran = await runHandle(again, { payload: `{"n":1}`, cacheDir });
  assertEquals(ran, { returned: `{"n":2}`, logged: ["info: n is 1"] });
  assertEquals(entries(cacheDir).length, 1);
  assertEquals(warnings, []);
});

Deno.test("a component with a large function is for the baseline compiler", async () => {
  await using given = await setUp(await actor({ core: `(func ${"(nop)".repeat(70_000)})` }));
  assertEquals((await prepareComponent(given.source, given.options)).baselineOnly, true);
});

Deno.test("a refusal has the first reason's code, all reasons, and what was found", async () => {
  const before = `(import "wasi:sockets/tcp@0.2.0" (instance))`;
  await using given = await setUp(await actor({ before, handle: `(func (param "p" u8))` }));
  const { source, options, path, cacheDir } = given;
  const error = await assertRejects(() => prepareComponent(source, options), ComponentRefusedError);
  assertEquals(error.code, "troupe.ImportDenied");
  assertEquals(error.family, "user");
  assertEquals(error.refusals.map(({ code }) => code), ["troupe.ImportDenied", "troupe.WrongWorld"]);
  assertStringIncludes(error.message, `${path} is refused: It imports wasi:sockets/tcp@0.2.0`);
  assertEquals(error.inspection, await inspect(source, options));
  // Nothing of it was made that could be found later.
  await assertRejects(() => Deno.stat(join(cacheDir, "components")), Deno.errors.NotFound);
});

Deno.test("what is no component is refused by its name", async (t) => {
  const cases: [string, Uint8Array, string][] = [
    ["an empty file", new Uint8Array(), "troupe.NotWasm"],
    ["a core module", new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]), "troupe.NotAComponent"],
    ["a component that is cut off", (await actor()).slice(0, 300), "troupe.BadComponent"],
    ["one that only a validator finds", await actor({ core: "(func (result i32))" }), "troupe.BadComponent"],
  ];
  for (const [name, bytes, code] of cases) {
    await t.step(name, async () => {
      await using given = await setUp(bytes);
      const error = await assertRejects(
        () => prepareComponent(given.source, given.options),
        ComponentRefusedError,
      );
      assertEquals(error.code, code);
      const { refusals } = await inspect(given.source, given.options);
      assertEquals(refusals.map(({ code }) => code), [code]);
    });
  }
});

Deno.test("a component is judged by the actor's limits, even when it comes from the cache", async () => {
  await using given = await setUp(await actor({ pages: 10 }));
  const { source, options } = given;
  await prepareComponent(source, options);
  const tight = { ...options, limits: { memoryBytes: 65_536 }, bounds: NO_SANDBOX };
  const error = await assertRejects(() => prepareComponent(source, tight), ComponentRefusedError);
  assertEquals(error.code, "troupe.TooLarge");
  assertEquals((await inspect(source, { ...tight, limits: { memoryBytes: 655_360 } })).refusals, []);
});

Deno.test("a component that no limit so far allowed is in the cache for one that does", async () => {
  await using given = await setUp(await actor({ pages: 10 }));
  const { source, options } = given;
  await assertRejects(
    () => prepareComponent(source, { ...options, limits: { memoryBytes: 1 } }),
    ComponentRefusedError,
  );
  await prepareComponent(source, { ...options, bounds: NO_SANDBOX });
});

Deno.test("a changed cache is noticed and made anew", async () => {
  await using given = await setUp(await actor());
  const { source, options, cacheDir, warnings } = given;
  const made = await prepareComponent(source, options);
  const glue = join(cacheDir, "components", entries(cacheDir)[0] ?? "", "component.js");
  await Deno.writeTextFile(glue, "export const instantiate = () => evil();");
  assertEquals(await prepareComponent(source, options), made);
  assertEquals(warnings.length, 1);
  assertStringIncludes(warnings[0] ?? "", "component.js has been changed");
  assertEquals(await prepareComponent(source, { ...options, bounds: NO_SANDBOX }), made);
});

Deno.test("a changed component is another one", async () => {
  await using given = await setUp(await actor());
  const { source, options, path, cacheDir } = given;
  const first = await prepareComponent(source, options);
  await Deno.writeFile(path, await actor({ pages: 2 }));
  const second = await prepareComponent(source, options);
  assert(first.digest !== second.digest);
  assertEquals(entries(cacheDir).length, 2);
});

Deno.test("several actors of one process make it once", async () => {
  await using given = await setUp(await actor());
  const { source, options } = given;
  const all = await Promise.all(Array.from({ length: 5 }, () => prepareComponent(source, options)));
  // The same bytes in memory: they came of one run.
  for (const { glue } of all) assertStrictEquals(glue, all[0]?.glue);
});

Deno.test("a cache that cannot be written is said, and the component is there", async () => {
  await using given = await setUp(await actor());
  const { source, options, cacheDir, warnings } = given;
  await Deno.mkdir(cacheDir);
  await Deno.writeTextFile(join(cacheDir, "components"), "a file where the cache is to be");
  assert((await prepareComponent(source, options)).glue.length > 0);
  assert(warnings.some((warning) => warning.includes("cannot be kept")), warnings.join());
});

Deno.test("what takes more than the bounds", async () => {
  await using given = await setUp(await actor());
  const { source, options } = given;
  const error = await assertRejects(
    () => inspect(source, { ...options, bounds: NO_SANDBOX }),
    TranspileError,
  );
  assertEquals(error.code, "troupe.TranspileFailed");
});

Deno.test("a download is made once", async () => {
  const bytes = await actor();
  const { key, cert, authority } = makeCertificate();
  let requests = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, key, cert, onListen: () => {} }, () => {
    requests++;
    return new Response(bytes);
  });
  await using given = await setUp(bytes);
  const options = { ...given.options, read: { caCerts: [authority] } };
  const url = `https://127.0.0.1:${server.addr.port}/actor.wasm`;
  const source = { kind: "https", url, sha256: (await digestOf(bytes)).toUpperCase() } as const;
  const made = await prepareComponent(source, options);
  await server.shutdown();
  assertEquals(await prepareComponent(source, { ...options, bounds: NO_SANDBOX }), made);
  assertEquals(requests, 1);
  const other = { ...source, sha256: "0".repeat(64) };
  await assertRejects(() => prepareComponent(other, options), ComponentSourceError);
});

/** A process that prepares the same component into the same cache. */
function prepareElsewhere({ path, cacheDir }: { path: string; cacheDir: string }): Deno.ChildProcess {
  const script = fromFileUrl(new URL("./_testing/prepare_process.ts", import.meta.url));
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", script, path, cacheDir],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

Deno.test("several processes at once", async () => {
  await using given = await setUp(await actor());
  const outputs = await Promise.all([1, 2, 3].map(() => prepareElsewhere(given).output()));
  const said = outputs.map(({ stdout }) => new TextDecoder().decode(stdout));
  assertEquals(new Set(said).size, 1);
  assertEquals(said[0]?.trim().split(" ").length, 2);
  assertEquals(entries(given.cacheDir).length, 1);
});

Deno.test("a process that is killed while it fills the cache does no harm", async (t) => {
  // Once as soon as something is there, and once as soon as an entry is in place.
  const moments: [string, RegExp][] = [["while it writes", /\.aside-/], [
    "when it has written",
    /[0-9a-f]{64}$/,
  ]];
  for (const [name, moment] of moments) {
    await t.step(name, async () => {
      await using given = await setUp(await jsActor());
      const { source, options, cacheDir, warnings } = given;
      await Deno.mkdir(join(cacheDir, "components"), { recursive: true });
      using watcher = Deno.watchFs(join(cacheDir, "components"));
      const child = prepareElsewhere(given);
      for await (const { paths } of watcher) {
        if (paths.some((path) => moment.test(path))) break;
      }
      child.kill("SIGKILL");
      await child.output();
      const made = await prepareComponent(source, options);
      assertEquals(await runHandle(made, { payload: `{"n":7}`, cacheDir }), {
        returned: `{"n":8}`,
        logged: ["info: n is 7"],
      });
      assertEquals(warnings, []);
      assertEquals(entries(cacheDir).filter((name) => !name.startsWith(".aside-")).length, 1);
    });
  }
});
