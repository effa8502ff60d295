import { assertEquals } from "@std/assert";
import plugin from "./plugin.ts";

function reported(source: string, file = "actor.ts"): string[] {
  return Deno.lint.runPlugin(plugin, file, source)
    .filter(({ id }) => id === "troupe/absent-global")
    .map(({ range: [from, to] }) => source.slice(from, to));
}

const USES: [string, string][] = [
  ["a call", `fetch("x");`],
  ["an argument", `f(process);`],
  ["a member's object", `process.env.HOME;`],
  ["a computed member", `a[process];`],
  ["a computed key", `const a = { [process]: 1 };`],
  ["a shorthand", `const a = { process };`],
  ["a value of an object", `const a = { key: process };`],
  ["a default of a parameter", `function f(a = process) {}`],
  ["a default in a pattern", `const { a = process } = b;`],
  ["a superclass", `class A extends Event {}`],
  ["a field's value", `class A { a = process; }`],
  ["an arrow's value", `const f = () => process;`],
  ["a template", "const a = `${process}`;"],
  ["an assignment", `({ a: process } = b);`],
  ["an assertion", `const a = process as unknown;`],
  ["a non-null assertion", `const a = process!;`],
  ["an enum's value", `enum A { a = process }`],
  ["what is only claimed", `declare const process: any; process.exit();`],
  ["an ambient function", `declare function fetch(a: string): any; fetch("x");`],
  ["an instance", `new Blob([]);`],
];

for (const [name, source] of USES) {
  Deno.test(`${name} is a use: ${source}`, () => assertEquals(reported(source).length, 1));
}

const NO_USES: [string, string][] = [
  ["a member", `a.process; a?.fetch(); globalThis.fetch;`],
  ["a key", `const a = { process: 1, fetch() {} };`],
  ["a class's member", `class A { process = 1; fetch() {} get self() { return 1; } }`],
  ["a pattern's key", `const { process: a } = b;`],
  ["a type", `let a: Request; type B = Request | Event; interface C extends Event { process: Response }`],
  ["a type's parameter", `type F = (location: string) => void;`],
  ["a type's query", `let a: typeof process;`],
  ["a type argument", `f<Request>(1); new Map<Request, Blob>();`],
  ["a label", `module: for (;;) break module;`],
  ["a guard", `if (typeof process !== "undefined") process.exit();`],
  [
    "what is imported",
    `import { Buffer, Blob as B } from "./x.ts"; import Blob from "./y.ts"; Buffer; Blob;`,
  ],
  ["a namespace", `import * as process from "./x.ts"; process.x;`],
  ["what an import is called elsewhere", `import { process as p } from "./x.ts"; p;`],
  ["what an export is called", `const p = 1; export { p as process }; export { fetch } from "./x.ts";`],
  ["a variable", `const process = 1; process;`],
  [
    "a variable in a pattern",
    `const { a: { process }, ...fetch } = b; process; fetch; const [self = 1] = b; self;`,
  ],
  [
    "a parameter",
    `function f(location: string, { self } = a, ...module: string[]) { location; self; module; }`,
  ],
  ["an arrow's parameter", `const f = (document: string) => document.length;`],
  ["a parameter that is a field", `class A { constructor(private location: string) { location; } }`],
  ["a function", `function fetch() {} fetch();`],
  ["a class", `class Event {} new Event();`],
  ["an enum", `enum Event { a } Event.a;`],
  ["what is caught", `try {} catch (self) { self; }`],
  ["a loop's variable", `for (const module of a) module; for (const self in a) self;`],
  ["an enum's member", `enum A { process }`],
  ["what is there", `console.log(crypto.randomUUID(), new TextEncoder());`],
  ["what is there for those who name it", `setTimeout(() => new URL("x"), 1); queueMicrotask(() => {});`],
];

for (const [name, source] of NO_USES) {
  Deno.test(`${name} is none: ${source}`, () => assertEquals(reported(source), []));
}

Deno.test("JavaScript is looked at too", () => assertEquals(reported(`fetch("x")`, "actor.js"), ["fetch"]));

Deno.test("each use is told, with the reason", () => {
  const found = Deno.lint.runPlugin(plugin, "actor.ts", `fetch("a");\nfetch("b");`);
  assertEquals(found.map(({ message }) => message), [
    "there is no fetch: an actor has no network of its own",
    "there is no fetch: an actor has no network of its own",
  ]);
});
