/**
 * Texts that come back from the database to the letter. Its texts take neither U+0000 nor half a surrogate pair, both of
 * which can stand in what envelopes hold; so such a character, and the mark itself, is written as a mark and four digits.
 * Everything else is stored as it is, and can be read with any client.
 *
 * @module
 */

/** "Substitute": a control character, which stands in no JSON text as itself. */
const MARK = "\u001a";
// deno-lint-ignore no-control-regex -- these are what it is about
const UNFIT = /[\u0000\u001a]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
// deno-lint-ignore no-control-regex -- the mark
const WRITTEN = /\u001a([0-9a-f]{4})/g;

/** What is stored for a text: different for different ones. */
export function toStored(text: string): string {
  if (text.isWellFormed() && !text.includes("\0") && !text.includes(MARK)) return text;
  return text.replaceAll(UNFIT, (unit) => MARK + unit.charCodeAt(0).toString(16).padStart(4, "0"));
}

/** The text that was stored. */
export function fromStored(stored: string): string {
  if (!stored.includes(MARK)) return stored;
  return stored.replaceAll(WRITTEN, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)));
}
