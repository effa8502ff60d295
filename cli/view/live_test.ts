import { assert, assertEquals } from "@std/assert";
import { LiveBlock } from "./live.ts";

/** Enough of a terminal to tell what a person would see. */
class Screen {
  columns = 40;
  rows = 10;
  lines: string[] = [""];
  row = 0;
  column = 0;
  cursor = true;
  written = 0;

  size() {
    return { columns: this.columns, rows: this.rows };
  }

  write(text: string) {
    this.written += text.length;
    // deno-lint-ignore no-control-regex
    for (const [piece, , number, command] of text.matchAll(/(\u001b\[\??(\d*)([A-Za-z]))|[^]/g)) {
      const line = this.lines[this.row] ?? "";
      if (command === "A") this.row = Math.max(0, this.row - Number(number));
      else if (command === "H") this.row = this.column = 0;
      else if (command === "K") this.lines[this.row] = line.slice(0, this.column);
      else if (command === "J") {
        this.lines = this.lines.slice(0, this.row + 1);
        this.lines[this.row] = line.slice(0, this.column);
      } else if (command === "h" || command === "l") this.cursor = command === "h";
      else if (piece === "\r") this.column = 0;
      else if (piece === "\n") {
        this.row++;
        this.column = 0;
        this.lines[this.row] ??= "";
      } else {
        this.lines[this.row] = line.slice(0, this.column) + piece + line.slice(this.column + 1);
        this.column++;
      }
    }
  }
}

Deno.test("lines are drawn in the place of those before, below what was there", () => {
  const screen = new Screen();
  screen.write("$ troupe up\n");
  const block = new LiveBlock(screen);
  block.draw(["one", "two", "a longer line"]);
  assertEquals(screen.lines, ["$ troupe up", "one", "two", "a longer line", ""]);
  assert(!screen.cursor);
  block.draw(["uno", "shorter"]);
  assertEquals(screen.lines, ["$ troupe up", "uno", "shorter", ""]);
  block.end();
  assert(screen.cursor);
  assertEquals(screen.lines, ["$ troupe up", "uno", "shorter", ""]);
});

Deno.test("what has not changed is not written again", () => {
  const screen = new Screen();
  const block = new LiveBlock(screen);
  block.draw(["same"]);
  const { written } = screen;
  block.draw(["same"]);
  assertEquals(screen.written, written);
});

Deno.test("a cleared block leaves nothing", () => {
  const screen = new Screen();
  const block = new LiveBlock(screen);
  block.draw(["one", "two"]);
  block.clear();
  screen.write("done\n");
  assertEquals(screen.lines, ["done", ""]);
});

Deno.test("a window of another width is drawn anew from its top", () => {
  const screen = new Screen();
  const block = new LiveBlock(screen);
  block.draw(["one", "two"]);
  screen.columns = 20;
  block.draw(["one", "two"]);
  assertEquals(screen.lines, ["one", "two", ""]);
  assertEquals(block.room, { width: 20, height: 9 });
});
