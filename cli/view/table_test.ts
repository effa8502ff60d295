import { assertEquals } from "@std/assert";
import { formatTable } from "./table.ts";

const COLUMNS = [{ title: "NAME" }, { title: "N", align: "right" }, { title: "NOTE" }] as const;

Deno.test("columns are as wide as they have to be", () => {
  assertEquals(formatTable(COLUMNS, [["a", "1", "first"], ["longer", "1,000", ""]]), [
    "NAME        N  NOTE",
    "a           1  first",
    "longer  1,000",
  ]);
});

Deno.test("a row that ends early runs over the columns that follow", () => {
  assertEquals(formatTable(COLUMNS, [["a", "1", "x"], ["b", "refused because of a long reason"]]), [
    "NAME  N  NOTE",
    "a     1  x",
    "b     refused because of a long reason",
  ]);
});

Deno.test("paint takes no room, and what is over the width is cut", () => {
  assertEquals(formatTable([{ title: "A" }, { title: "B" }], [["\u001b[32mok\u001b[39m", "1"]]), [
    "A   B",
    "\u001b[32mok\u001b[39m  1",
  ]);
  assertEquals(
    formatTable(COLUMNS, [["a", "1", "a long note"]], { width: 12 }),
    ["NAME  N  NO…", "a     1  a …"],
  );
});

Deno.test("no rows are a line of titles", () => {
  assertEquals(formatTable(COLUMNS, []), ["NAME  N  NOTE"]);
});
