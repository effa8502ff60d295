import { assertEquals, assertMatch } from "@std/assert";
import { changesBetween, differenceLine, differences, substance } from "./difference.ts";
import { PLAIN } from "./_testing.ts";

Deno.test("lists are compared by the names of their entries, and by place where they have none", () => {
  const container = (name: string, image: string) => ({ name, image });
  assertEquals(
    differences({ c: [container("a", "1"), container("b", "1")] }, {
      c: [container("b", "2"), container("a", "1")],
    }),
    [{ path: "c[b].image", before: "1", after: "2" }],
  );
  assertEquals(differences({ args: ["x", "y"] }, { args: ["x", "z", "w"] }), [
    { path: "args[1]", before: "y", after: "z" },
    { path: "args[2]", before: undefined, after: "w" },
  ]);
  // Two of the same name are told by their place.
  const twice = [{ name: "a" }, { name: "a" }];
  assertEquals(differences({ c: twice }, { c: twice.slice(1) }), [
    { path: "c[1]", before: { name: "a" }, after: undefined },
  ]);
  const swapped = [{ name: "b" }, { name: "a" }];
  assertEquals(differences({ c: swapped.toReversed() }, { c: swapped }), [
    { path: "c", before: ["a", "b"], after: ["b", "a"] },
  ]);
  assertEquals(differences({ c: [] }, { c: [] }), []);
});

Deno.test("what is of another kind is one difference", () => {
  assertEquals(differences({ a: { b: 1 } }, { a: "b" }), [{ path: "a", before: { b: 1 }, after: "b" }]);
  assertEquals(differences({ a: null }, { a: null }), []);
  assertEquals(differences({ a: [] }, { a: {} }), [{ path: "a", before: [], after: {} }]);
});

const object = (spec: unknown, managedFields: unknown[] = []) => ({
  apiVersion: "v1",
  kind: "Thing",
  metadata: { name: "a", resourceVersion: String(Math.random()), generation: 3, uid: "u", managedFields },
  spec,
  status: { at: Math.random() },
});

Deno.test("what an API server or a controller says of an object is no difference", () => {
  assertEquals(substance(object(1)), { apiVersion: "v1", kind: "Thing", metadata: { name: "a" }, spec: 1 });
  assertEquals(changesBetween(object({ a: 1 }), object({ a: 1 })), []);
});

Deno.test("a field that becomes the deployer's, though it has the same value, is a change", () => {
  const account = (time: string, fieldsV1: unknown) => ({
    manager: "troupe-deploy",
    operation: "Apply",
    time,
    fieldsV1,
  });
  const [before, after] = [account("1", { "f:a": {} }), account("2", { "f:a": {} })];
  assertEquals(changesBetween(object(1, [before]), object(1, [after])), []);
  assertEquals(changesBetween(object(1, []), object(1, [after])).length, 1);
  assertEquals(changesBetween(object(1, [before]), object(1, [account("1", { "f:b": {} })])).length, 1);
});

Deno.test("lines say what was and what will be, steer no terminal, and do not run on", () => {
  const line = (before: unknown, after: unknown) => differenceLine({ path: "spec.a", before, after }, PLAIN);
  assertEquals(line("2s", "5s"), "~ spec.a: 2s → 5s");
  assertEquals(line(undefined, { b: [1] }), '+ spec.a: {"b":[1]}');
  assertEquals(line(false, undefined), "- spec.a: false");
  assertEquals(line("a", "\u001b[2Jb\n"), "~ spec.a: a → \\x1b[2Jb\\n");
  assertMatch(line("a", "x".repeat(5_000)), /^.{1,100}…$/u);
});
