/**
 * The prose of a Markdown text: what is left for a reader when code and marks are gone.
 *
 * @module
 */

/**
 * Removes code, tables' frames, links' targets and marks; every paragraph, every item of a list and every row of a table
 * becomes one line. Takes time in proportion to the text, whatever is in it.
 */
export function proseOf(text: string): string {
  return text
    .replace(/^ {0,3}(`{3,}(?!`)|~{3,}(?!~))[^\n]*\n[\s\S]*?(?:\n {0,3}\1[^\n]*|$(?![\s\S]))/gm, "\n\n")
    .replace(/<!--(?:(?!<!--)[\s\S])*?-->/g, " ")
    .replace(/`[^`\n]*`/g, " ")
    .replace(/!?\[([^\]\n]{0,500})\]\([^)\n]{0,2000}\)/g, "$1")
    .replace(/https?:\/\/[^\s)>]+/g, " ")
    .replace(/^[ \t]*(?:\|[ \t]*)?:?-{3,}.*$/gm, "")
    .replace(/^[ \t]*\|.*$/gm, "\n\n$&\n\n")
    .replace(/^[ \t]*(?:[-*+]|\d+[.)]|>)[ \t]+/gm, "\n\n")
    .replace(/[|*_#]+/g, " ")
    .split(/\n[ \t]*(?:\n[ \t]*)+/)
    .map((paragraph) => paragraph.replace(/\s+/g, " ").trim())
    .filter((paragraph) => paragraph !== "")
    .join("\n");
}
