// What is said where the tools of a language are not on a machine, or are not those that are needed.

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { BuildError } from "./errors.ts";
import { LANGUAGES } from "./languages.ts";
import { temporaryFolder } from "./temporary_folder.ts";

interface Machine {
  readonly what: string;
  /** Programs on it: what a shell does in their place. */
  readonly programs: Readonly<Record<string, string>>;
  /** What is said, the folder with the programs being `~`. */
  readonly said: RegExp;
}

const RUSTC = (release: string) => `echo "release: ${release}"; echo /nowhere`;

const MACHINES: Readonly<Record<string, readonly Machine[]>> = {
  // Its tools come with Troupe.
  js: [],
  rust: [
    {
      what: "no tools",
      programs: {},
      said:
        /^Rust is not on this machine.*https:\/\/www\.rust-lang\.org\/tools\/install .*"rustup target add/,
    },
    {
      what: "tools that are too old",
      programs: { cargo: "exit 1", rustc: RUSTC("1.70.0") },
      said: /^Rust 1\.70\.0 is too old.* "rustup update"/,
    },
    {
      what: "tools without the target",
      programs: { cargo: "exit 1", rustc: RUSTC("1.95.0") },
      said: /^Rust has no libraries for wasm32-wasip2.* "rustup target add wasm32-wasip2"/,
    },
  ],
  go: [
    {
      what: "no tools",
      programs: {},
      said: /^Go is not on this machine.*https:\/\/go\.dev\/doc\/install/,
    },
    {
      what: "tools that are too old",
      programs: { go: `echo '{"GOROOT": "/nowhere", "GOVERSION": "go1.20.1"}'` },
      said: /^Go 1\.20\.1 is too old.*https:\/\/go\.dev\/doc\/install/,
    },
  ],
  python: [
    {
      what: "no tools",
      programs: {},
      said: /^componentize-py is not on this machine.*"python3 -m pip install componentize-py==/,
    },
    {
      what: "another version of the tools",
      programs: { "componentize-py": "echo componentize-py 0.1.0" },
      said: /^~\/componentize-py is 0\.1\.0.*"python3 -m pip install componentize-py==/,
    },
    {
      what: "tools that do not work",
      programs: { "componentize-py": "exit 1" },
      said: /^~\/componentize-py is broken.*"python3 -m pip install componentize-py==/,
    },
  ],
  c: [
    {
      what: "no tools",
      programs: {},
      said: /^A C compiler for WebAssembly is not on this machine.*"python3 -m pip install ziglang==/,
    },
    {
      what: "a Python that has no compiler",
      programs: { python3: "exit 1" },
      said: /^A C compiler for WebAssembly is not on this machine.*"python3 -m pip install ziglang==/,
    },
  ],
};

/** Where tools are looked for beside `PATH`. */
const PLACES = ["HOME", "CARGO_HOME", "GOROOT", "WASI_SDK_PATH"];

for (const { name, open } of LANGUAGES) {
  for (const { what, programs, said } of MACHINES[name] ?? []) {
    Deno.test(`${name}: ${what}, and it is said how to get those that are needed`, async () => {
      await using folder = await temporaryFolder();
      const { path } = folder;
      for (const [program, script] of Object.entries(programs)) {
        await Deno.writeTextFile(join(path, program), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
      }
      using _environment = environment({ PATH: path, ...Object.fromEntries(PLACES.map((of) => [of, path])) });
      const source = { file: join(path, "source"), folder: path, actor: "tested" };
      const error = await assertRejects(() => open(source), BuildError);
      assertEquals(error.code, "troupe.ToolchainMissing", error.message);
      assertMatch(error.message.replaceAll(path, "~"), said);
    });
  }
}

Deno.test("there is something said for every language", () => {
  assertEquals(Object.keys(MACHINES).sort(), LANGUAGES.map(({ name }) => name).sort());
});

/** Sets variables until it goes out of scope. */
function environment(variables: Readonly<Record<string, string>>): Disposable {
  const before = Object.keys(variables).map((name) => [name, Deno.env.get(name)] as const);
  for (const [name, value] of Object.entries(variables)) Deno.env.set(name, value);
  return {
    [Symbol.dispose]() {
      for (const [name, value] of before) {
        if (value === undefined) Deno.env.delete(name);
        else Deno.env.set(name, value);
      }
    },
  };
}
