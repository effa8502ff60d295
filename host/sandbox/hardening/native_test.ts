// What native code in a sandbox could do: real system calls, after the layers were put up.

import { assertEquals } from "@std/assert";
import { bundleForSandbox } from "../bundle.ts";
import { spawnSandbox } from "../spawn.ts";
import type { Layer } from "./layers.ts";
import { ERRNO } from "./policy.ts";

/** Whether the kernel filters system calls at all: where it does not, there is nothing to be seen here. */
const FILTERS = Deno.build.os === "linux" &&
  /^Seccomp:/m.test(Deno.readTextFileSync("/proc/self/status"));

interface Said {
  readonly layers: readonly Layer[];
  readonly refused: Readonly<Record<string, number | undefined>>;
  readonly newer: Readonly<Record<string, number>>;
  readonly allowed: Readonly<Record<string, unknown>>;
  readonly goesOn: Readonly<Record<string, unknown>>;
}

async function tryEverything(): Promise<Said> {
  const folder = await Deno.makeTempDir({ prefix: "troupe-native-" });
  try {
    const script = await bundleForSandbox(new URL("./_native_testing.ts", import.meta.url), folder);
    const sandbox = spawnSandbox(script, { hardens: true, v8Flags: ["--expose-gc"] });
    const writing = ReadableStream.from([new Uint8Array(300_000)]).pipeTo(sandbox.stdin);
    const text = await new Response(sandbox.stdout).text();
    const { code } = await sandbox.ended;
    assertEquals([code, await sandbox.stderr], [0, ""]);
    await writing;
    return JSON.parse(text);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test({
  name: "native code in a sandbox reaches nothing, and the engine goes on",
  ignore: !FILTERS,
  async fn(t) {
    const { layers, refused, newer, allowed, goesOn } = await tryEverything();
    for (const [what, errno] of Object.entries(refused)) {
      // Calls that this architecture lacks are not there to be tried.
      if (errno !== undefined) await t.step(what, () => assertEquals(errno, ERRNO.EPERM));
    }
    for (const [what, errno] of Object.entries(newer)) {
      await t.step(what, () => assertEquals(errno, ERRNO.ENOSYS));
    }
    await t.step("what concerns only itself is allowed", () => {
      assertEquals(allowed, { "its own id": true, "a signal to itself": 0 });
    });
    for (const [what, done] of Object.entries(goesOn)) await t.step(what, () => assertEquals(done, true));
    await t.step("it reports so", () => {
      const states = new Map(layers.map(({ name, state }) => [name, state]));
      for (const name of ["seccomp", "process-limit", "no-new-privileges"] as const) {
        assertEquals(states.get(name), "on", name);
      }
    });
  },
});
