/**
 * One document becomes its sections: those below Markdown's headings, or groups of paragraphs in plain text.
 *
 * @module
 */

import { mesh, type Steps } from "@troupe/sdk";
import type { Section, TextDocument } from "../section.ts";

type Part = Pick<Section, "title" | "text">;

/** Most sections of one document: what is more is joined. */
const MOST_SECTIONS = 400;
/** How long a group of paragraphs grows, in characters. */
const GROUP_LENGTH = 1500;

/** Emits each section of a document. */
export function* handle({ name, text }: TextDocument): Steps<Section> {
  const isMarkdown = /\.(md|markdown)$/i.test(name);
  const parts = join(isMarkdown ? byHeadings(text) : byParagraphs(text));
  mesh.log("debug", `${name}: ${parts.length} sections`);
  for (const [index, part] of parts.entries()) yield { name, ...part, index, of: parts.length };
}

/** The text below each heading (CommonMark's ATX and setext headings), code blocks left whole. */
export function byHeadings(text: string): Part[] {
  const parts: { title: string; lines: string[] }[] = [{ title: "", lines: [] }];
  let fence = "";
  for (const line of text.split(/\r?\n/)) {
    const current = parts.at(-1) as typeof parts[number];
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (mark !== undefined && fence === "") fence = mark;
    else if (mark?.startsWith(fence)) fence = "";
    const heading = fence === "" ? /^ {0,3}#{1,6}\s+(.*?)\s*#*$/.exec(line)?.[1] : undefined;
    const above = current.lines.at(-1);
    if (heading !== undefined) parts.push({ title: heading, lines: [] });
    else if (fence === "" && /^(=+|-+)\s*$/.test(line) && above !== undefined && isHeadingText(above)) {
      current.lines.pop();
      parts.push({ title: above.trim(), lines: [] });
    } else current.lines.push(line);
  }
  return parts.map(({ title, lines }) => ({ title, text: lines.join("\n").trim() })).filter(({ text }) =>
    text !== ""
  );
}

/** A line that a row of dashes makes a heading: not a table's, not a list's. */
function isHeadingText(line: string): boolean {
  return /^\s{0,3}\w/.test(line) && !line.includes("|");
}

/** Paragraphs, as many together as make a section of a useful length. */
export function byParagraphs(text: string): Part[] {
  const groups: string[] = [];
  for (const paragraph of text.split(/\r?\n[ \t]*(?:\r?\n[ \t]*)+/)) {
    const trimmed = paragraph.trim();
    const last = groups.at(-1);
    if (trimmed === "") continue;
    if (last === undefined || last.length + trimmed.length > GROUP_LENGTH) groups.push(trimmed);
    else groups[groups.length - 1] = `${last}\n\n${trimmed}`;
  }
  return groups.map((group) => ({ title: "", text: group }));
}

/** Neighbours joined, so that there are not too many. */
function join(parts: Part[]): Part[] {
  const together = Math.ceil(parts.length / MOST_SECTIONS);
  if (together <= 1) return parts;
  return Array.from({ length: Math.ceil(parts.length / together) }, (_, at) => {
    const group = parts.slice(at * together, (at + 1) * together);
    return { title: group[0]?.title ?? "", text: group.map(({ text }) => text).join("\n\n") };
  });
}
