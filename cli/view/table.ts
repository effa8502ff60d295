/**
 * A table of text.
 *
 * @module
 */

import { displayWidth, fit, pad } from "./text.ts";

/** A column of a table. */
export interface Column {
  readonly title: string;
  /** @default "left" */
  readonly align?: "left" | "right";
}

/**
 * Lines of a table: the titles, then the rows, columns two spaces apart and as wide as they have to be. What is over
 * `width` is cut from the last column.
 *
 * @param rows A text for each column; a row may end early, and its last cell then runs over the columns that follow.
 */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  options: { readonly width?: number } = {},
): string[] {
  const widths = columns.map(({ title }, i) =>
    Math.max(
      displayWidth(title),
      ...rows.map((row) => i === row.length - 1 && i < columns.length - 1 ? 0 : displayWidth(row[i] ?? "")),
    )
  );
  return [columns.map(({ title }) => title), ...rows].map((row) => {
    const line = row.map((cell, i) =>
      i === row.length - 1 && row.length < columns.length
        ? cell
        : pad(cell, widths[i] ?? 0, columns[i]?.align)
    ).join("  ").trimEnd();
    return options.width === undefined ? line : fit(line, options.width);
  });
}
