import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { actor, assemble, jsActor } from "./_testing/components.ts";
import type { Inspection } from "./component.ts";
import { inspectComponent } from "./inspect.ts";
import { BASELINE_FUNCTION_BYTES } from "./verdict.ts";

const GRANTS = { route: [] };
const text = (value: string) => new TextEncoder().encode(value);
const inspect = (bytes: Uint8Array) => inspectComponent(bytes, { grants: GRANTS });

/** That there is one reason, with this code, which says all of this. */
function assertRefused({ refusals }: Inspection, code: string, ...said: string[]): void {
  assertEquals(refusals.map(({ code }) => code), [code], JSON.stringify(refusals));
  for (const words of said) assertStringIncludes(refusals[0]?.message ?? "", words);
}

Deno.test("an actor is accepted", async () => {
  const bytes = await actor();
  const inspection = await inspect(bytes);
  assertEquals(inspection.refusals, []);
  assertEquals(inspection.kind, "component");
  assertEquals(inspection.size, bytes.length);
  assertEquals(inspection.imports, [{ name: "troupe:actor/failures@0.1.0", need: "contract" }]);
  assertEquals(inspection.exports, ["handle"]);
  assertEquals(inspection.initialMemory, 65_536);
  assert(/^[0-9a-f]{64}$/.test(inspection.digest));
});

Deno.test("what the JavaScript toolchain makes is accepted", async () => {
  const { refusals, imports, exports } = await inspect(await jsActor());
  assertEquals(refusals, []);
  assertEquals(new Set(imports.map(({ need }) => need)), new Set(["contract", "harmless"]));
  assertEquals(exports, ["init", "handle"]);
});

Deno.test("what is no component", async (t) => {
  const cases: [string, Uint8Array, string, string][] = [
    ["an empty file", new Uint8Array(), "troupe.NotWasm", "not WebAssembly"],
    ["text", text("export function handle() {}"), "troupe.NotWasm", "troupe build"],
    ["the magic number alone", text("\0asm"), "troupe.NotWasm", "not WebAssembly"],
    ["a core module", await assemble("(module)"), "troupe.NotAComponent", "component new"],
    [
      "a preamble and noise",
      new Uint8Array([0, 0x61, 0x73, 0x6d, 13, 0, 1, 0, 7, 9]),
      "troupe.BadComponent",
      "early",
    ],
  ];
  for (const [name, bytes, code, said] of cases) {
    await t.step(name, async () => assertRefused(await inspect(bytes), code, said));
  }
});

const RESOURCE_IN_EXPORTS = `(alias core export $main "nothing" (core func $nothing)) (type $init (func))
  (func $init (type $init) (canon lift (core func $nothing))) (type $r (resource (rep i32)))
  (instance $i (export "init" (func $init)) (export "promise" (type $r))) (export "exports" (instance $i))`;

Deno.test("another world", async (t) => {
  const after = `(instance $i) (export "wasi:cli/run@0.2.0" (instance $i))`;
  const cases: [string, Uint8Array, string][] = [
    ["an empty component", await assemble("(component)"), `does not export the function "handle"`],
    [
      "one that exports something else",
      await assemble(`(component ${after.replace("handle", "run")})`),
      "wasi:cli/run",
    ],
    [
      "an interface called handle",
      await assemble(`(component (instance $i) (export "handle" (instance $i)))`),
      "interface{}",
    ],
    ["exports besides handle", await actor({ after }), "more than an actor does: wasi:cli/run@0.2.0"],
    [
      "exports, but of something else",
      await actor({ after: `(instance $i) (export "exports" (instance $i))` }),
      "more than",
    ],
    [
      "a resource in exports",
      await actor({ core: `(func (export "nothing"))`, after: RESOURCE_IN_EXPORTS }),
      "resource promise",
    ],
    [
      "init, but as an interface",
      await actor({ after: `(instance $i) (export "init" (instance $i))` }),
      "more than",
    ],
  ];
  for (const [name, bytes, said] of cases) {
    await t.step(name, async () => assertRefused(await inspect(bytes), "troupe.WrongWorld", said));
  }
});

Deno.test("a handle of another type", async (t) => {
  const types = [
    `(func (param "payload" u32) (result $answer))`,
    `(func (param "payload" (list u8)) (result $answer))`,
    `(func (param "payload" string))`,
    `(func (result $answer))`,
    `(func (param "payload" string) (result string))`,
    `(func (param "payload" string) (result (result (option string))))`,
    `(func (param "payload" string) (result (result (option string) (error string))))`,
    `(func (param "payload" string) (param "more" string) (result $answer))`,
  ];
  for (const handle of types) {
    await t.step(handle, async () => {
      const bytes = await actor({ handle });
      assertRefused(
        await inspect(bytes),
        "troupe.WrongWorld",
        `Its "handle" is func(`,
        "that of an actor is func(",
      );
    });
  }
});

Deno.test("how the parameter of handle is called makes no difference", async () => {
  const handle = `(func (param "p" string) (result $answer))`;
  assertEquals((await inspect(await actor({ handle }))).refusals, []);
});

Deno.test("what toolchains export besides is admitted", async () => {
  const after = `(alias core export $main "nothing" (core func $nothing))
    (type $init (func)) (func $init (type $init) (canon lift (core func $nothing)))
    (export "init" (func $init)) (instance $i (export "init" (func $init))) (export "exports" (instance $i))`;
  const bytes = await actor({ core: `(func (export "nothing"))`, after });
  const { refusals, exports } = await inspect(bytes);
  assertEquals(refusals, []);
  assertEquals(exports, ["handle", "init", "exports"]);
});

Deno.test("imports that are denied", async (t) => {
  const cases: [string, string, string[]][] = [
    ["http", `"wasi:http/outgoing-handler@0.2.0" (instance)`, [
      "wasi:http/outgoing-handler@0.2.0",
      "spec.grants.http",
    ]],
    ["state", `"wasi:keyvalue/store@0.2.0-draft" (instance)`, ["spec.grants.state"]],
    ["settings", `"wasi:config/store@0.2.0-draft" (instance)`, ["spec.grants.env or spec.grants.secrets"]],
    ["sockets", `"wasi:sockets/tcp@0.2.0" (instance)`, ["wasi:sockets/tcp@0.2.0", "no grant gives sockets"]],
    ["a later WASI", `"wasi:cli/environment@0.3.0" (instance)`, ["wasi:cli/environment@0.3.0", "0.2"]],
    ["a draft", `"wasi:cli/environment@0.2.0-rc-2023-11-10" (instance)`, ["no grant"]],
    ["WASI without a version", `"wasi:cli/environment" (instance)`, ["no grant"]],
    ["a later contract", `"troupe:actor/mesh@0.2.0" (instance)`, ["0.1 of troupe:actor"]],
    ["something of one's own", `"my:own/thing@1.0.0" (instance)`, [
      "my:own/thing@1.0.0",
      "nothing provides it",
    ]],
    ["a bare function", `"fetch" (func)`, ["fetch", "nothing provides it"]],
    ["a bare resource", `"thing" (type (sub resource))`, ["thing", "nothing provides it"]],
    ["an interface's name for a function", `"wasi:cli/environment@0.2.0" (func)`, [
      "wasi:cli/environment@0.2.0",
    ]],
  ];
  for (const [name, given, said] of cases) {
    await t.step(name, async () => {
      const bytes = await actor({ before: `(import ${given})` });
      assertRefused(await inspect(bytes), "troupe.ImportDenied", ...said);
    });
  }
});

Deno.test("what an import needs", async () => {
  const before = `(import "wasi:http/types@0.2.1" (instance)) (import "wasi:sockets/tcp@0.2.0" (instance))
    (import "wasi:cli/environment@0.2.99" (instance))`;
  assertEquals((await inspect(await actor({ before }))).imports.slice(1), [
    { name: "wasi:http/types@0.2.1", need: "grant", grant: "http" },
    { name: "wasi:sockets/tcp@0.2.0", need: "unknown" },
    { name: "wasi:cli/environment@0.2.99", need: "harmless" },
  ]);
});

Deno.test("imports to which the same applies are one refusal", async () => {
  const before = ["tcp", "udp", "network"].map((name) => `(import "wasi:sockets/${name}@0.2.0" (instance))`)
    .join(" ");
  assertRefused(
    await inspect(await actor({ before })),
    "troupe.ImportDenied",
    "wasi:sockets/tcp@0.2.0, wasi:sockets/udp",
  );
});

Deno.test("functions and types of an interface are compared, not its name", async (t) => {
  const cases: [string, string, string, string][] = [
    [
      "a function that is not there",
      "wasi:cli/environment@0.2.0",
      `(export "set-environment" (func))`,
      "set-environment",
    ],
    [
      "a result of another type",
      "wasi:cli/environment@0.2.0",
      `(export "get-arguments" (func (result string)))`,
      "get-arguments as func() -> string, which is func() -> list<string>",
    ],
    [
      "a method that is not there",
      "wasi:io/poll@0.2.0",
      `(export "pollable" (type $p (sub resource)))
      (export "[method]pollable.constructor" (func (param "self" (borrow $p))))`,
      "[method]pollable.constructor",
    ],
    [
      "a static function",
      "wasi:io/poll@0.2.0",
      `(export "pollable" (type $p (sub resource)))
      (export "[static]pollable.prototype" (func))`,
      "[static]pollable.prototype",
    ],
    [
      "a resource that is not there",
      "wasi:io/poll@0.2.0",
      `(export "promise" (type (sub resource)))`,
      "promise",
    ],
    [
      "a type of another shape",
      "wasi:clocks/monotonic-clock@0.2.0",
      `(export "instant" (type (eq u32)))`,
      "instant as u32",
    ],
    [
      "a resource for what is none",
      "wasi:clocks/monotonic-clock@0.2.0",
      `(export "instant" (type (sub resource)))`,
      "instant",
    ],
    [
      "a resource of its own",
      "wasi:io/streams@0.2.0",
      `(export "error" (type (sub resource)))`,
      "error as resource",
    ],
    ["an interface within", "wasi:io/poll@0.2.0", `(export "pollable" (instance))`, "pollable as instance"],
    [
      "a verb that is not there",
      "troupe:actor/mesh@0.1.7",
      `(export "spawn" (func (param "actor" string)))`,
      "spawn",
    ],
    [
      "a verb of another type",
      "troupe:actor/mesh@0.1.0",
      `(export "emit" (func (param "payload" string)))`,
      "emit as",
    ],
  ];
  for (const [name, path, members, said] of cases) {
    await t.step(name, async () => {
      const inspection = await inspect(
        await actor({ before: `(import "${path}" (instance ${primitive(members)}))` }),
      );
      assertRefused(inspection, "troupe.ImportDenied", path, said);
      assertEquals(inspection.imports[1], { name: path, need: "unknown" });
    });
  }
});

/** A type that is exported has to be a definition of its own. */
const primitive = (members: string) =>
  members.replace("(eq u32)", "(eq $u)").replace(/^(?=.*\$u)/s, "(type $u u32) ");

Deno.test("names that could run as code", async (t) => {
  const names = [
    `");evil();("`,
    `'+evil()+'`,
    "`${evil()}`",
    "a\\nb",
    "\\u{2028}",
    "a\\\\b",
    "*/evil()/*",
    "(",
    "=",
    "ä",
    "__proto__",
    "x".repeat(257),
  ];
  const places: [string, (name: string) => Promise<Uint8Array>][] = [
    ["export", (name) => actor({ core: `(func (export "${name}"))` })],
    [
      "import of a module",
      (name) =>
        actor({
          before: PROVIDER,
          core: `(import "${name}" "f" (func))`,
          with: `(with "${name}" (instance $p))`,
        }),
    ],
    ["import field", (name) => assemble(`(component (core module (import "m" "${name}" (func))))`)],
    [
      "export of a nested module",
      (name) => assemble(`(component (component (core module (func (export "${name}")))))`),
    ],
    [
      "core bundle",
      (name) =>
        assemble(`(component (core module $m (func (export "f"))) (core instance $i (instantiate $m))
      (core instance (export "${name}" (func $i "f"))))`),
    ],
    ["field of a record", (name) => assemble(`(component (type (record (field "${name}" u8))))`)],
    ["case of an enum", (name) => assemble(`(component (type (enum "${name}")))`)],
    ["parameter", (name) => assemble(`(component (type (func (param "${name}" u8))))`)],
    ["import", (name) => assemble(`(component (import "${name}" (func)))`)],
    ["export of an interface", (name) => assemble(`(component (type (instance (export "${name}" (func)))))`)],
  ];
  for (const [place, build] of places) {
    await t.step(place, async () => {
      for (const name of names) {
        const { refusals } = await inspect(await build(name.replaceAll('"', '\\"')));
        assertEquals(refusals.map(({ code }) => code), ["troupe.BadName"], `${place} ${name}`);
      }
    });
  }
});

/** An instance that provides `f`. */
const PROVIDER = `(core module $p (func (export "f"))) (core instance $p (instantiate $p))`;

Deno.test("names of the toolchains' kind are admitted", async () => {
  const names = [
    "class",
    "default",
    "await",
    "constructor",
    "toString",
    "cm32p2|a:b/c|d_post",
    "[method]x.y",
    "$imports",
    "",
    "a b#c@1.2.3",
  ];
  const core = names.map((name) => `(func (export "${name}"))`).join(" ");
  assertEquals((await inspect(await actor({ core }))).refusals, []);
});

Deno.test("functions", async (t) => {
  const core = (bytes: number) => `(func ${"(nop)".repeat(bytes)})`;
  const sizes: [string, number, string[], boolean][] = [
    ["a large one", BASELINE_FUNCTION_BYTES + 1, [], true],
    ["one that is too large", 1024 * 1024, ["troupe.TooLarge"], true],
    ["a usual one", 1000, [], false],
  ];
  for (const [name, bytes, codes, large] of sizes) {
    await t.step(name, async () => {
      const { refusals, largestFunction } = await inspect(await actor({ core: core(bytes) }));
      assertEquals(refusals.map(({ code }) => code), codes);
      assertEquals(largestFunction > BASELINE_FUNCTION_BYTES, large);
    });
  }
});

Deno.test("memory is judged against the limit of the actor", async () => {
  const bytes = await actor({ pages: 4 });
  const judged = (memoryBytes: number) =>
    inspectComponent(bytes, { grants: GRANTS, limits: { memoryBytes } });
  assertEquals((await judged(4 * 65_536)).refusals, []);
  assertRefused(await judged(4 * 65_536 - 1), "troupe.TooLarge", "spec.limits.memory", "262144");
});

Deno.test("many memories count together", async () => {
  const before = `(core module $big (memory 1000)) ${"(core instance (instantiate $big))".repeat(3)}`;
  assertRefused(await inspect(await actor({ before })), "troupe.TooLarge", `${3001 * 65_536}`);
});

Deno.test("tables count", async () => {
  const before = `(core module $big (table 600000 funcref)) ${
    "(core instance (instantiate $big))".repeat(2)
  }`;
  assertRefused(await inspect(await actor({ before })), "troupe.TooLarge", "1200000 entries");
});

Deno.test("what is beyond all measure is too large", async () => {
  const before = `(component $c (core module $m) ${"(core instance (instantiate $m))".repeat(500)})
    ${"(instance (instantiate $c))".repeat(5)}`;
  assertRefused(await inspect(await actor({ before })), "troupe.TooLarge", "2000 instances");
});

Deno.test("all reasons are given", async () => {
  const before = `(import "wasi:sockets/tcp@0.2.0" (instance)) (import "wasi:http/types@0.2.0" (instance))`;
  const { refusals } = await inspect(await actor({ before, pages: 30_000, handle: `(func (param "p" u8))` }));
  assertEquals(refusals.map(({ code }) => code), [
    "troupe.ImportDenied",
    "troupe.ImportDenied",
    "troupe.WrongWorld",
    "troupe.TooLarge",
  ]);
});
