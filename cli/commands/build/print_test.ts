import { TroupeError } from "@troupe/host/errors";
import { assertEquals } from "@std/assert";
import { type ActorBuild, buildJson, buildLine, summaryLine } from "./print.ts";

const DIGEST = "a".repeat(64);
const component = { path: "/mesh/split/build/split.wasm", digest: DIGEST, size: 1_296_442 };
const BUILDS: ActorBuild[] = [
  { name: "split", state: "built", component, ms: 1_420, warnings: ["it imports a"], language: "js" },
  { name: "score", state: "up-to-date", component, ms: 38, warnings: [] },
  { name: "far", state: "remote" },
  {
    name: "bad",
    state: "failed",
    error: new TroupeError("troupe.TypeMismatch", "user", "no:\n  a\u001b[2Jb"),
  },
];
const same = (text: string) => text;
const styles = { bold: same, dim: same, good: same, bad: same, warn: same, name: same };

Deno.test("a line for each, what is wrong below it, nothing that steers a terminal", () => {
  assertEquals(BUILDS.map((build) => buildLine(build, { styles, width: 5 })), [
    `split  built          1.2 MiB  sha256:${DIGEST}     1.4 s\nit would be refused:\n  it imports a`,
    `score  up to date     1.2 MiB  sha256:${DIGEST}     38 ms`,
    "far    is fetched when it starts",
    "bad    failed\n  no:\n    a\\x1b[2Jb",
  ]);
});

Deno.test("as JSON", () => {
  const file = component.path;
  assertEquals(BUILDS.map((build) => JSON.parse(buildJson(build))), [
    {
      ...{ actor: "split", state: "built", file, size: 1_296_442, digest: `sha256:${DIGEST}`, ms: 1420 },
      ...{ language: "js", warnings: ["it imports a"] },
    },
    { actor: "score", state: "up-to-date", file, size: 1_296_442, digest: `sha256:${DIGEST}`, ms: 38 },
    { actor: "far", state: "remote" },
    { actor: "bad", state: "failed", code: "troupe.TypeMismatch", error: "no:\n  a\u001b[2Jb" },
  ]);
});

Deno.test("the summary counts, and says nothing of what there is none of", () => {
  assertEquals(summaryLine(BUILDS), "4 actors: 1 built, 1 up to date, 1 fetched when they start, 1 failed.");
  assertEquals(summaryLine(BUILDS.slice(1, 2)), "1 actor: 1 up to date.");
});
