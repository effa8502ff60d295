import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { actor, assemble, jsActor } from "./_testing/components.ts";
import { type Facts, factsOf } from "./facts.ts";

const FAILURE =
  "record{kind: string, lineage: list<string>, message: string, traceback: option<string>, details: option<string>}";

Deno.test("what an actor is", async () => {
  assertEquals(factsOf(await actor({ pages: 3, core: `(table 7 funcref)` })), {
    kind: "component",
    malformed: "",
    excess: "",
    badNames: [],
    largestFunction: 25,
    initialMemory: 3 * 65_536,
    tableEntries: 7,
    ownResources: false,
    imports: [{
      name: "troupe:actor/failures@0.1.0",
      sort: "instance",
      members: [["failure", FAILURE]],
    }],
    exports: [{
      name: "handle",
      sort: "function",
      type: `func(payload: string) -> result<option<string>, ${FAILURE}>`,
    }],
  });
});

Deno.test("a component of the JavaScript toolchain", async () => {
  const facts = factsOf(await jsActor());
  assertEquals([facts.malformed, facts.excess, facts.badNames], ["", "", []]);
  assertEquals(facts.exports.map(({ name }) => name), ["init", "handle"]);
  // Its handle is aliased out of a nested component: the type comes from there.
  assertStringIncludes(
    facts.exports[1]?.type ?? "",
    "func(payload: string) -> result<option<string>, record{kind",
  );
  const mesh = facts.imports.find(({ name }) => name === "troupe:actor/mesh@0.1.0");
  assert(
    mesh?.members.some(([name, type]) => name === "get" && type.endsWith("-> result<option<json>, refusal>")),
  );
  assert(facts.largestFunction > 10_000 && facts.initialMemory > 2 ** 20);
});

/** The members that an interface is read as having, of a component that imports only that. */
async function membersOf(definitions: string): Promise<Record<string, string>> {
  const facts = factsOf(await assemble(`(component (import "a:b/c@1.2.3" (instance ${definitions})))`));
  assertEquals([facts.malformed, facts.excess], ["", ""]);
  return Object.fromEntries(facts.imports[0]?.members ?? []);
}

Deno.test("types, as text", async (t) => {
  const cases: [string, string][] = [
    ["(type $t bool)", "bool"],
    ["(type $t (list u8))", "list<u8>"],
    [
      "(type $t (tuple s8 u16 s16 u32 s32 u64 s64 f32 f64 char))",
      "tuple<s8, u16, s16, u32, s32, u64, s64, f32, f64, char>",
    ],
    ["(type $t (result))", "result"],
    ["(type $t (result u8))", "result<u8>"],
    ["(type $t (result (error u8)))", "result<_, u8>"],
    ["(type $t (result string (error u8)))", "result<string, u8>"],
    [`(type $t (flags "a" "b"))`, "flags{a, b}"],
    [`(type $t (enum "a" "b"))`, "enum{a, b}"],
    [`(type $t (variant (case "a") (case "b" u8)))`, "variant{a, b(u8)}"],
    [
      `(type $x (option string)) (type $t (record (field "a" $x) (field "b" u8)))`,
      "record{a: option<string>, b: u8}",
    ],
  ];
  for (const [definition, text] of cases) {
    await t.step(text, async () => {
      assertEquals(await membersOf(`${definition} (export "t" (type (eq $t)))`), { t: text });
    });
  }
});

Deno.test("types of the same interface are named, those of others written out but for resources", async () => {
  const facts = factsOf(
    await assemble(`(component
      (import "a:io/one@0.2.0" (instance $one
        (export "res" (type (sub resource)))
        (type $r (record (field "n" u8)))
        (export "rec" (type (eq $r)))))
      (alias export $one "res" (type $res))
      (alias export $one "rec" (type $rec))
      (import "a:io/two@0.2.0" (instance
        (alias outer 1 $res (type $outer))
        (export "mine" (type $mine (eq $outer)))
        (alias outer 1 $rec (type $rec))
        (type $own (own $mine))
        (type $pair (tuple $own $rec))
        (export "pair" (type $p (eq $pair)))
        (export "get" (func (param "a" $rec) (result $p))))))`),
  );
  assertEquals(facts.imports.map(({ members }) => Object.fromEntries(members)), [
    { res: "resource", rec: "record{n: u8}" },
    { mine: "a:io/one.res", pair: "tuple<own<mine>, record{n: u8}>", get: "func(a: record{n: u8}) -> pair" },
  ]);
});

Deno.test("a resource that only has the name of another interface's is told from it", async () => {
  const facts = factsOf(
    await assemble(`(component
      (import "wasi:io/streams@0.2.0" (instance (export "error" (type (sub resource))))))`),
  );
  assertEquals(facts.imports[0]?.members, [["error", "resource"]]);
});

Deno.test("memory and tables count as often as they are instantiated", async () => {
  const nested = (times: number, inner: string) =>
    `(component $c ${inner}) ${"(instance (instantiate $c))".repeat(times)}`;
  const module =
    `(core module $m (memory 2) (table 5 funcref)) (core instance (instantiate $m)) (core instance (instantiate $m))`;
  const facts = factsOf(await assemble(`(component ${nested(3, nested(4, module))})`));
  assertEquals(facts.initialMemory, 3 * 4 * 2 * 2 * 65_536);
  assertEquals(facts.tableEntries, 3 * 4 * 2 * 5);
});

Deno.test("a module that is only defined takes nothing", async () => {
  const facts = factsOf(await assemble(`(component (core module (memory 100)))`));
  assertEquals(facts.initialMemory, 0);
});

Deno.test("64-bit memories count", async () => {
  const facts = factsOf(
    await assemble(`(component (core module $m (memory i64 0x1000000000)) (core instance (instantiate $m)))`),
  );
  assertEquals(facts.initialMemory, 2 ** 52);
});

Deno.test("what has more than any toolchain makes is not read to its end", async (t) => {
  const doubled = (times: number) => {
    const types = Array.from({ length: times }, (_, n) => `(type $t${n + 1} (tuple $t${n} $t${n}))`);
    return `(component (type $t0 u8) ${types.join(" ")})`;
  };
  const deep = (times: number) => {
    const types = Array.from({ length: times }, (_, n) => `(type $t${n + 1} (list $t${n}))`);
    return `(component (type $t0 u8) ${types.join(" ")})`;
  };
  const instances = (levels: number): string =>
    levels === 0
      ? "(core module $m) (core instance (instantiate $m))"
      : `(component $c ${instances(levels - 1)}) ${"(instance (instantiate $c))".repeat(8)}`;
  const nested = (levels: number): string => levels === 0 ? "" : `(component ${nested(levels - 1)})`;
  const cases: [string, string, string][] = [
    ["types that double", doubled(40), "a type beyond all measure"],
    ["types in types", deep(200), "a type beyond all measure"],
    ["an enum of many cases", enumOf(30_000), "a type beyond all measure"],
    ["types", `(component ${"(type u8)".repeat(20_001)})`, "20000 types"],
    ["instances that multiply", `(component ${instances(5)})`, "2000 instances"],
    ["components", `(component ${"(component)".repeat(256)})`, "256 components"],
    ["nested components", `(component ${nested(30)})`, "nested more than 10 deep"],
    ["modules", `(component ${"(core module)".repeat(257)})`, "256 modules"],
    ["imports", `(component ${many(501, (n) => `(import "a:b/c${n}" (instance))`)})`, "500 imports"],
  ];
  for (const [name, text, excess] of cases) {
    await t.step(name, async () => assertStringIncludes(factsOf(await assemble(text)).excess, excess));
  }
});

const many = (count: number, text: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => text(n)).join(" ");
const enumOf = (count: number) => `(component (type (enum ${many(count, (n) => `"c${n}"`)})))`;

Deno.test("what no toolchain makes is malformed", async (t) => {
  const cases: [string, string][] = [
    ["a component that imports a module", `(component (import "m" (core module)))`],
    ["a component that imports a component", `(component (import "c" (component)))`],
    ["a type of components", `(component (type (component)))`],
    ["core types", `(component (core type (func)))`],
    [
      "asynchronous functions",
      `(component (core func (canon waitable-set.new)))`,
    ],
    [
      "two imports that share a resource's definition",
      `(component
      (type $t (instance (export "r" (type (sub resource)))))
      (import "a:b/c" (instance (type $t))) (import "a:b/d" (instance (type $t))))`,
    ],
  ];
  for (const [name, text] of cases) {
    await t.step(name, async () => {
      const facts = factsOf(await assemble(text));
      assert(facts.malformed !== "", JSON.stringify(facts));
    });
  }
});

const isUnreadable = ({ kind, malformed, excess }: Facts) =>
  kind !== "component" || malformed !== "" || excess !== "";

Deno.test("a component that is cut off anywhere is answered, and not taken for a whole one", async () => {
  const whole = await actor({ before: `(component $c (core module (memory 1)) (type (list u8)))` });
  assert(!isUnreadable(factsOf(whole)));
  // Cut between two sections, it is a component still. The last one holds names for people only.
  for (let length = 0; length < whole.length; length++) {
    const facts = factsOf(whole.subarray(0, length));
    if (isUnreadable(facts) || facts.exports.length === 0) continue;
    assertEquals(facts, factsOf(whole), `cut at ${length}`);
  }
});

Deno.test("whatever is changed in a component, there is an answer", async () => {
  const whole = await actor({ before: `(component $c (core module (memory 1)) (type (list u8)))` });
  const changes = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(changes, (changes) => {
      const bytes = whole.slice();
      for (const [at, value] of changes) bytes[at] = value;
      factsOf(bytes);
    }),
    { numRuns: 5_000 },
  );
});

Deno.test("the same, of a large component, near its beginning where the types are", async () => {
  const whole = await jsActor();
  const changes = fc.array(fc.tuple(fc.nat(8_000), fc.nat(255)), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(changes, (changes) => {
      const bytes = whole.slice();
      for (const [at, value] of changes) bytes[at] = value;
      factsOf(bytes);
    }),
    { numRuns: 200 },
  );
});

Deno.test("noise behind a preamble is answered", () => {
  const preamble = [0, 0x61, 0x73, 0x6d, 13, 0, 1, 0];
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
      factsOf(new Uint8Array([...preamble, ...noise]));
    }),
    { numRuns: 2_000 },
  );
});
