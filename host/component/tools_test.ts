import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { loadTool, rewriteTool, ToolError, toolVersion } from "./tools.ts";

const TEXT = `"use components";
import { environment, exit as exit$1, terminalInput } from '@bytecodealliance/preview2-shim/cli';
const module0 = fetchCompile(new URL('./tool.core.wasm', import.meta.url));
const module1 = fetchCompile(new URL('./tool.core2.wasm', import.meta.url));
export const $init = 1;
export { generate, other,  }
`;

Deno.test("the installed package is as expected", async () => {
  const { source, modules } = await loadTool();
  const text = new TextDecoder().decode(source);
  assert(!/^\s*import\b/m.test(text) && text.includes(`troupeTool.wasi["wasi:cli/environment"]`));
  assertEquals(modules.length, 2);
  for (const module of modules) assert(WebAssembly.validate(module));
  assertMatch(await toolVersion(), /^\d+\.\d+\.\d+/);
});

Deno.test("imports become our interfaces, and modules are asked for", () => {
  const { source, modules } = rewriteTool(TEXT);
  assertEquals(modules, ["tool.core.wasm", "tool.core2.wasm"]);
  assertEquals(
    source.split("\n").slice(1, 4),
    [
      [
        `const environment = troupeTool.wasi["wasi:cli/environment"];`,
        `const exit$1 = troupeTool.wasi["wasi:cli/exit"];`,
        `const terminalInput = troupeTool.wasi["wasi:cli/terminal-input"];`,
      ].join(" "),
      "const module0 = troupeTool.compile();",
      "const module1 = troupeTool.compile();",
    ],
  );
});

Deno.test("a package that looks different is refused", async (t) => {
  const cases: [string, string][] = [
    ["another import", TEXT + "import fs from 'node:fs';\n"],
    ["an import for its effects", TEXT + "import './setup.js';\n"],
    ["another way to fetch", TEXT + "const url = new URL('./x.wasm', import.meta.url);\n"],
    ["nothing fetched", TEXT.replaceAll(/^.*fetchCompile.*$/gm, "")],
    ["no generate", TEXT.replace("generate,", "")],
    ["no $init", TEXT.replace("$init", "init")],
  ];
  for (const [name, text] of cases) {
    await t.step(name, () => void assertThrows(() => rewriteTool(text), ToolError));
  }
});
