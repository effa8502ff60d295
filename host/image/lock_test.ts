import { assertEquals, assertThrows } from "@std/assert";
import { ImageError } from "./image_error.ts";
import { configFor, type Lock, lockFor, packageFolder, packageOf } from "./lock.ts";

const LOCK: Lock = {
  version: "5",
  specifiers: { "npm:@s/a@1.0.0": "1.0.0_p@2.0.0", "npm:tool@1.2.3": "1.2.3", "npm:build@4.0.0": "4.0.0" },
  npm: {
    "@s/a@1.0.0_p@2.0.0": {
      integrity: "sha512-a",
      dependencies: ["b", "p@2.0.0"],
      optionalDependencies: ["o"],
    },
    "b@1.0.0": { dependencies: ["@s/a@1.0.0_p@2.0.0"] },
    "build@4.0.0": { dependencies: ["native"] },
    "native@1.0.0": {},
    "o@1.0.0": { os: ["linux"] },
    "p@1.0.0": {},
    "p@2.0.0": {},
    "tool@1.2.3": { integrity: "sha512-t", dependencies: ["build@4.0.0"] },
  },
  workspace: { dependencies: ["npm:@s/a@1.0.0", "npm:build@4.0.0", "npm:tool@1.2.3"] },
};
const WANTED = { packages: ["@s/a"], readOnly: ["tool"], members: ["host", "controller"] };

Deno.test("what is imported comes with what it needs in turn, what is only read comes alone, the rest does not", () => {
  const { npm, specifiers, workspace } = lockFor(LOCK, WANTED);
  assertEquals(Object.keys(npm), ["@s/a@1.0.0_p@2.0.0", "b@1.0.0", "o@1.0.0", "p@2.0.0", "tool@1.2.3"]);
  assertEquals(npm["@s/a@1.0.0_p@2.0.0"], LOCK.npm["@s/a@1.0.0_p@2.0.0"]);
  assertEquals(npm["tool@1.2.3"], { integrity: "sha512-t" });
  assertEquals(Object.keys(specifiers), ["npm:@s/a@1.0.0", "npm:tool@1.2.3"]);
  assertEquals(workspace.dependencies, ["npm:@s/a@1.0.0", "npm:tool@1.2.3"]);
});

Deno.test("a name that two versions have, or none, is not guessed at", () => {
  for (const [needed, fit] of [["p", 2], ["nothing", 0]] as const) {
    const lock = { ...LOCK, npm: { ...LOCK.npm, "b@1.0.0": { dependencies: [needed] } } };
    assertThrows(() => lockFor(lock, WANTED), ImageError, `which ${needed} is meant: ${fit} fit`);
  }
});

Deno.test("the configuration names what the lock file has, and the same members", () => {
  const imports = { "@a": "npm:@s/a@1.0.0/mod.js", tool: "npm:tool@1.2.3", build: "npm:build@4.0.0" };
  assertEquals(configFor({ imports }, WANTED), {
    workspace: ["./host", "./controller"],
    nodeModulesDir: "none",
    lock: { path: "./deno.lock", frozen: true },
    imports: { "@a": "npm:@s/a@1.0.0/mod.js", tool: "npm:tool@1.2.3" },
  });
});

Deno.test("packages are told by their specifiers", () => {
  const cases = {
    "npm:pg@8.23.1": "pg",
    "npm:/@redis/client@6.3.1/dist/x.js": "@redis/client",
    "npm:zod": "zod",
    "node:fs": undefined,
    "file:///a/npm:b@1": undefined,
  };
  for (const [specifier, name] of Object.entries(cases)) assertEquals(packageOf(specifier), name, specifier);
});

Deno.test("where Deno keeps a package does not depend on what it is used with", () => {
  assertEquals(packageFolder("@s/a@1.0.0_p@2.0.0"), "@s/a/1.0.0");
  assertEquals(packageFolder("b@1.0.0-rc.1"), "b/1.0.0-rc.1");
});
