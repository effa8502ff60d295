import { assert, assertEquals, assertThrows } from "@std/assert";
import { createWasi } from "../../sandbox/wasi.ts";
import { watchImports } from "./restored_imports.ts";

function watched(imports: Record<string, object>) {
  const told: string[] = [];
  return {
    told,
    imports: watchImports(imports, (what) => told.push(what)) as Record<string, Record<string, never>>,
  };
}

Deno.test("what may not say the same again is told", () => {
  const { told, imports } = watched(createWasi({ stdout: () => {}, stderr: () => {} }));
  const call = (path: string, name: string, ...args: unknown[]) =>
    (imports[path]?.[name] as unknown as (...args: unknown[]) => unknown)(...args);
  call("wasi:cli/environment", "getEnvironment");
  call("wasi:cli/stdout", "getStdout");
  assertEquals(call("wasi:filesystem/preopens", "getDirectories"), []);
  assertEquals(told, []);
  assertEquals(typeof call("wasi:random/random", "getRandomU64"), "bigint");
  call("wasi:random/insecure-seed", "insecureSeed");
  call("wasi:clocks/wall-clock", "now");
  call("wasi:clocks/monotonic-clock", "subscribeDuration", 1n);
  assertEquals(told, [
    "wasi:random/random getRandomU64",
    "wasi:random/insecure-seed insecureSeed",
    "wasi:clocks/wall-clock now",
    "wasi:clocks/monotonic-clock subscribeDuration",
  ]);
});

Deno.test("so is what throws, and what is not known", () => {
  const { told, imports } = watched({
    "troupe:new/thing": {
      fail: () => {
        throw { code: "no" };
      },
    },
  });
  assertThrows(imports["troupe:new/thing"]?.["fail"] as unknown as () => void);
  assertEquals(told, ["troupe:new/thing fail"]);
});

Deno.test("classes stay as they are, and names are those that there were", () => {
  const wasi = createWasi({ stdout: () => {}, stderr: () => {} });
  const { imports } = watched(wasi);
  assertEquals(Object.keys(imports), Object.keys(wasi));
  assert(imports["wasi:io/poll"]?.["Pollable"] === wasi["wasi:io/poll"]?.["Pollable"]);
  assertEquals(Object.getPrototypeOf(imports["wasi:random/random"]), null);
});
