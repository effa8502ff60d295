/**
 * Colours, where there is a person who sees them.
 *
 * @module
 */

import { bold, cyan, dim, green, red, yellow } from "@std/fmt/colors";

type Paint = (text: string) => string;

/** How text can be painted; every paint leaves the text as it is where colours are off. */
export interface Styles {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly good: Paint;
  readonly bad: Paint;
  readonly warn: Paint;
  readonly name: Paint;
}

const same: Paint = (text) => text;
const ON: Styles = { bold, dim, good: green, bad: red, warn: yellow, name: cyan };
const OFF: Styles = { bold: same, dim: same, good: same, bad: same, warn: same, name: same };

/** The paints for a stream: colours only on a terminal, and never with `NO_COLOR`. */
export function stylesFor(stream: { isTerminal(): boolean }): Styles {
  return stream.isTerminal() && !Deno.noColor ? ON : OFF;
}
