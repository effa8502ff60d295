// What the layers are from outside, as the kernel shows them, and what the script is left with.

import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { join, toFileUrl } from "@std/path";
import { bundleForSandbox } from "../bundle.ts";
import { boundMemory, type Sandbox, spawnSandbox } from "../spawn.ts";
import type { Layer, LayerName } from "./layers.ts";
import { readReport } from "./report.ts";

const LINUX = Deno.build.os === "linux";

/** Attempts to have system calls back. */
const ATTEMPTS: Record<string, string> = {
  "load a library": "Deno.dlopen('libc.so.6', {})",
  "take an address": "Deno.UnsafePointer.of(new Uint8Array(8))",
  "make an address": "Deno.UnsafePointer.create(4096n)",
  "call an address": "new Deno.UnsafeFnPointer({}, { parameters: [], result: 'void' }).call()",
  "be called": "new Deno.UnsafeCallback({ parameters: [], result: 'void' }, () => {})",
  "read an address": "new Deno.UnsafePointerView({}).getUint8()",
  "ask for the permission":
    "if (Deno.permissions.requestSync({ name: 'ffi' }).state !== 'granted') throw new Error('denied')",
};

/** A script that hardens its sandbox, reports, tries to have system calls back, and waits. */
const SCRIPT = `
import { harden } from ${JSON.stringify(import.meta.resolve("./harden.ts"))};
const layers = harden();
const done = [];
for (const [what, attempt] of ${
  JSON.stringify(Object.entries(ATTEMPTS).map(([what, code]) => [what, code]))
} as const) {
  try { await (await import(URL.createObjectURL(
    new Blob(["export default () => {" + attempt + "}"], { type: "text/javascript" })))).default(); done.push(what); }
  catch {}
}
console.log(JSON.stringify({ layers, done }));
for await (const _ of Deno.stdin.readable);
`;

interface Said {
  readonly layers: readonly Layer[];
  readonly done: readonly string[];
}

async function withHardened(
  options: { readonly hardens: boolean },
  use: (said: Said, sandbox: Sandbox) => Promise<void> | void,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "troupe-harden-" });
  try {
    const entry = join(folder, "entry.ts");
    await Deno.writeTextFile(entry, SCRIPT);
    const sandbox = spawnSandbox(await bundleForSandbox(toFileUrl(entry), folder), options);
    try {
      let text = "";
      const lines = sandbox.stdout.pipeThrough(new TextDecoderStream());
      for await (const part of lines) if ((text += part).endsWith("\n")) break;
      await use(JSON.parse(text), sandbox);
    } finally {
      sandbox.kill();
      await Promise.all([sandbox.ended, sandbox.stderr]);
      await sandbox.stdin.abort().catch(() => {});
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test({
  name: "what is reported is what the kernel shows",
  ignore: !LINUX,
  async fn(t) {
    await withHardened({ hardens: true }, async ({ layers }, { pid }) => {
      const states = new Map(layers.map(({ name, state }) => [name, state]));
      const status = await Deno.readTextFile(`/proc/${pid}/status`);
      const field = (name: string) => new RegExp(`^${name}:\\s*(\\S+)`, "m").exec(status)?.[1];
      const limits = await Deno.readTextFile(`/proc/${pid}/limits`);
      const limit = (name: string) => new RegExp(`^${name}\\s+(\\S+)\\s+(\\S+)`, "m").exec(limits)?.slice(1);
      const niceness = (await Deno.readTextFile(`/proc/${pid}/stat`)).replace(/^.*\) /s, "").split(" ")[16];
      const checks: Partial<Record<LayerName, () => Promise<void> | void>> = {
        "seccomp": () => assertEquals(field("Seccomp"), "2"),
        "no-new-privileges": () => assertEquals(field("NoNewPrivs"), "1"),
        "no-capabilities": () => assertEquals(Number(field("CapEff")), 0),
        "file-limit": () => {
          assertEquals(limit("Max open files"), ["64", "64"]);
          assertEquals(limit("Max file size"), ["0", "0"]);
        },
        "no-core-dumps": () => assertEquals(limit("Max core file size"), ["0", "0"]),
        "cpu-priority": () => assert(Number(niceness) > 0),
        "oom-score": async () =>
          assertEquals((await Deno.readTextFile(`/proc/${pid}/oom_score_adj`)).trim(), "1000"),
        "network-namespace": async () => {
          const interfaces = (await Deno.readTextFile(`/proc/${pid}/net/dev`)).split("\n").slice(2).filter(
            Boolean,
          );
          assertEquals(interfaces.map((line) => line.split(":")[0]?.trim()), ["lo"]);
        },
      };
      for (const [name, check] of Object.entries(checks)) {
        await t.step({ name, ignore: states.get(name as LayerName) !== "on", fn: () => check() });
      }
      await t.step("for every thread", () => {
        for (const { name } of Deno.readDirSync(`/proc/${pid}/task`)) {
          const of = Deno.readTextFileSync(`/proc/${pid}/task/${name}/status`);
          assertEquals(/^Seccomp:\s*(\d)/m.exec(of)?.[1], field("Seccomp"), name);
        }
      });
      await t.step("and its memory can be bounded from outside", async () => {
        assertEquals(await boundMemory(pid, 100 * 1024 * 1024), true);
        assertNotEquals(
          /^Max data size\s+(\S+)/m.exec(await Deno.readTextFile(`/proc/${pid}/limits`))?.[1],
          "unlimited",
        );
      });
    });
  },
});

Deno.test("a script that has hardened its sandbox cannot make system calls any more", async () => {
  await withHardened({ hardens: true }, ({ done }) => assertEquals(done, []));
});

Deno.test("without the permission there are no layers from inside, the reason is told, and it runs", async () => {
  await withHardened({ hardens: false }, ({ layers, done }, { launched }) => {
    assertEquals(done, []);
    assertEquals(new Set(layers.map(({ state }) => state)), new Set(["off"]));
    const table = readReport(new TextEncoder().encode(JSON.stringify(layers)), launched);
    const why = table?.find(({ name }) => name === "seccomp")?.why;
    assertEquals(why, LINUX ? "it may not make system calls" : `this is ${Deno.build.os}, not Linux`);
  });
});
