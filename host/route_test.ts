import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { advanceRoute, checkNext, grantCovers, MAX_NEXT } from "./route.ts";

Deno.test("advanceRoute() moves on by one, and does not change what it was given", () => {
  const cases = [
    [{ prev: [], curr: "a", next: [] }, { prev: ["a"], curr: "", next: [] }],
    [{ prev: [], curr: "a", next: ["b"] }, { prev: ["a"], curr: "b", next: [] }],
    [{ prev: ["z"], curr: "a", next: ["a", "b"] }, { prev: ["z", "a"], curr: "a", next: ["b"] }],
  ];
  for (const [before, after] of cases) {
    assert(before && after);
    const route = Object.freeze({
      ...before,
      prev: Object.freeze(before.prev),
      next: Object.freeze(before.next),
    });
    assertEquals(advanceRoute(route), after);
  }
});

Deno.test("grantCovers() takes exact names and prefixes; the crew has to be named exactly", () => {
  const cases: [grant: string, name: string, covers: boolean][] = [
    ["store", "store", true],
    ["store", "store-2", false],
    ["store", "stor", false],
    ["tenant-*", "tenant-7", true],
    ["tenant-*", "tenant-7-eu", true],
    ["tenant-*", "tenant", false],
    ["tenant-*", "tenants-7", false],
    ["*", "store", false],
    ["ten*", "tenant", false],
    ["x-*", "x-sump", false],
    ["x-s-*", "x-s-1", false],
    ["x-sump", "x-sump", true],
  ];
  for (const [grant, name, covers] of cases) {
    assertEquals(grantCovers(grant, name), covers, `${grant} ${name}`);
  }
});

Deno.test("checkNext() names what is wrong, and where to allow it", () => {
  const check = (next: unknown[], grants: string[] = [], incoming = ["b", "b", "c"]) =>
    checkNext(next, { incoming, grants });
  const long = Array.from({ length: MAX_NEXT + 1 }, () => "s");
  const cases: [problem: ReturnType<typeof check>, code: string | undefined, words: string][] = [
    [check([]), undefined, ""],
    [check(["b", "c", "b"]), undefined, ""],
    [check(["b", "b", "b"]), "troupe.RouteDenied", "spec.grants.route"],
    [check(["b", "b", "b"], ["b"]), undefined, ""],
    [check(["d"]), "troupe.RouteDenied", "add d"],
    [check(["d"], ["d"]), undefined, ""],
    [check(["x-resume"], ["x-resume"]), "troupe.RouteDenied", "x-resume"],
    [check(["x-resume"], [], ["x-resume"]), undefined, ""],
    // The other members of the crew have to be granted by name.
    [check(["x-pause"], ["x-*"]), "troupe.RouteDenied", "x-pause"],
    [check(["x-pause", "x-join"], ["x-pause", "x-join"]), undefined, ""],
    [check(["x-join"], [], ["x-join"]), undefined, ""],
    [check(["B"]), "troupe.BadActorName", '"B"'],
    [check([null]), "troupe.BadActorName", "null"],
    [check([undefined]), "troupe.BadActorName", "DNS label"],
    [check([["b"]]), "troupe.BadActorName", '["b"]'],
    [check(["x".repeat(10_000)]), "troupe.BadActorName", "DNS label"],
    [check(long.slice(1), ["s"]), undefined, ""],
    [check(long, ["s"]), "troupe.RouteTooLong", "257"],
  ];
  for (const [i, [problem, code, words]] of cases.entries()) {
    assertEquals(problem?.code, code, `case ${i}`);
    assertStringIncludes(problem?.message ?? "", words);
    assert((problem?.message.length ?? 0) < 300, `the message of case ${i} is too long`);
  }
});

Deno.test("checkNext() allows exactly the sub-multisets of what came, and what is granted", () => {
  const name = fc.constantFrom("a", "b", "c", "g-1", "g-2");
  const names = fc.array(name, { maxLength: 6 });
  fc.assert(
    fc.property(names, names, fc.boolean(), (incoming, next, granted) => {
      const count = (list: string[], wanted: string) => list.filter((name) => name === wanted).length;
      const within = next.every((name) =>
        granted && name.startsWith("g-") || count(next, name) <= count(incoming, name)
      );
      assertEquals(checkNext(next, { incoming, grants: granted ? ["g-*"] : [] }) === undefined, within);
    }),
    { numRuns: 2000 },
  );
});
