/**
 * Text from outside on a terminal: what actors and senders wrote may hold anything.
 *
 * @module
 */

// deno-lint-ignore no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;
const ZERO_WIDTH = /^[\p{M}\u200b-\u200d\ufe00-\ufe0f]$/u;
const WIDE =
  /^(?:\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}])$/u;
// deno-lint-ignore no-control-regex
const PAINT = /\u001b\[[0-9;]*m/g;
/** One paint, or one character. */
// deno-lint-ignore no-control-regex
const PIECE = /\u001b\[[0-9;]*m|./gsu;

/**
 * The text on one line, with everything that would steer a terminal or turn the direction of writing made visible.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(printable("a\u001b[2Jb\nc"), "a\\x1b[2Jb\\nc");
 * ```
 */
export function printable(text: string): string {
  return text.replace(CONTROL, (char) => {
    const code = char.charCodeAt(0);
    if (char === "\n") return "\\n";
    if (char === "\t") return " ";
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, "0")}`
      : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

/** How many columns a text takes on a terminal; colours take none. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const char of text.replace(PAINT, "")) width += ZERO_WIDTH.test(char) ? 0 : WIDE.test(char) ? 2 : 1;
  return width;
}

/** The text, painted or not, cut with an ellipsis to at most `width` columns. */
export function fit(text: string, width: number): string {
  // A text of fewer code units than half the columns always fits; most do, and counting is the slow part.
  if (text.length * 2 <= width || displayWidth(text) <= width) return text;
  let cut = "";
  let used = 0;
  for (const [piece] of text.matchAll(PIECE)) {
    used += displayWidth(piece);
    if (used > width - 1) break;
    cut += piece;
  }
  if (width < 1) return "";
  return `${cut}…${cut.includes("\u001b[") ? "\u001b[0m" : ""}`;
}

/** The text with spaces up to `width` columns, on the right or (`align: "right"`) on the left. */
export function pad(text: string, width: number, align: "left" | "right" = "left"): string {
  const spaces = " ".repeat(Math.max(0, width - displayWidth(text)));
  return align === "left" ? text + spaces : spaces + text;
}

/** The text in lines of at most `width` columns, broken at spaces where there are any; at most `lines` of them. */
export function wrap(text: string, options: { readonly width: number; readonly lines: number }): string[] {
  const width = Math.max(1, options.width);
  const found: string[] = [];
  let rest = text;
  while (found.length < options.lines - 1 && displayWidth(rest) > width) {
    let end = fit(rest, width + 1).length - 1;
    // A line that ends before a space needs none; else it ends at the last one in it, if there is any.
    const space = rest.lastIndexOf(" ", end);
    if (space > 0) end = space;
    found.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...found, fit(rest, width)];
}
