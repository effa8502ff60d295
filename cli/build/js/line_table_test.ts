import { assertEquals } from "@std/assert";
import { lineTable } from "./line_table.ts";
import { readLineMap } from "./source_map.ts";

const nameOf = (source: string) => source.startsWith("lib") ? undefined : source;

function table(origins: [line: number, source: number, sourceLine: number][], sources: string[]) {
  return lineTable(
    { sources, origins: origins.map(([line, source, sourceLine]) => ({ line, source, sourceLine })) },
    { nameOf },
  );
}

Deno.test("lines that follow each other are one run", () => {
  assertEquals(table([[5, 0, 1], [6, 0, 2], [7, 0, 9]], ["actor.ts"]), {
    files: ["actor.ts"],
    runs: [[5, 0, [1, 2, 9]]],
  });
});

Deno.test("a few lines without an origin do not end a run; many do", () => {
  assertEquals(table([[5, 0, 1], [8, 0, 2], [100, 0, 3]], ["actor.ts"]).runs, [[5, 0, [1, 0, 0, 2]], [
    100,
    0,
    [3],
  ]]);
});

Deno.test("another file begins a run, and a library's lines are left out", () => {
  assertEquals(table([[1, 0, 4], [2, 1, 5], [3, 2, 6], [4, 2, 7]], ["a.ts", "lib.js", "b.ts"]), {
    files: ["a.ts", "b.ts"],
    runs: [[1, 0, [4]], [3, 1, [6, 7]]],
  });
});

Deno.test("a source map's numbers are relative, signed, and of any length", () => {
  // 0,0,0,0 | 0,+1,+16,0 | 0,-1,-16,0 | no source | 0,0,+1000,0 with a name
  const text = JSON.stringify({
    version: 3,
    sources: ["a", "b"],
    mappings: "AAAA;ACgBA,CAAC;ADhBA;A;AAw+BAA",
  });
  assertEquals(readLineMap(text).origins.map(({ line, source, sourceLine }) => [line, source, sourceLine]), [
    [1, 0, 1],
    [2, 1, 17],
    [3, 0, 1],
    [5, 0, 1001],
  ]);
});
