/**
 * JSON as text: checks it and finds the extent of its parts without building values, so that what passes through keeps
 * its exact bytes. Grammar: RFC 8259.
 *
 * @module
 */

import { TroupeError } from "./errors.ts";

/** A text is not one JSON value, or is nested too deeply. */
export class JsonTextError extends TroupeError {
  /** Where, as an index into the text. */
  readonly offset: number;

  constructor(offset: number, problem: string) {
    super("troupe.BadJson", "user", `Not a JSON text: ${problem} at offset ${offset}`);
    this.offset = offset;
  }
}

/** One member of an object, as it stands in the text. */
export interface Member {
  /** The key, decoded. */
  readonly key: string;
  /** The key with its quotes and escapes. */
  readonly keyText: string;
  /** The value, without the white space around it. */
  readonly valueText: string;
}

/** How deep a text that an actor made may be nested. */
export const MAX_DEPTH = 512;

/**
 * Checks that a text is exactly one JSON value.
 *
 * @param text The text; white space around the value is allowed.
 * @param options `maxDepth`: how deeply objects and arrays may be nested; `Infinity` is allowed. @default 512
 * @throws {JsonTextError} when it is not, with the offset and what was expected there.
 *
 * @example
 * ```ts
 * import { JsonTextError, scanJson } from "@troupe/host/json_text";
 * import { assertThrows } from "@std/assert";
 *
 * scanJson('{"a": [1, -0, 1e400]}');
 * assertThrows(() => scanJson('{"a": 1,}'), JsonTextError, "offset 8");
 * ```
 */
export function scanJson(text: string, { maxDepth = MAX_DEPTH }: { maxDepth?: number } = {}): void {
  const end = skipSpace(text, skipValue(text, skipSpace(text, 0), maxDepth));
  if (end !== text.length) throw new JsonTextError(end, "expected the end of the text");
}

/**
 * The members of the object that a text is, each as it stands there; keys may repeat.
 *
 * @param options `maxDepth` of the values; `Infinity` is allowed. @default Infinity
 * @throws {JsonTextError} when the text is not one JSON object.
 */
export function scanMembers(text: string, { maxDepth = Infinity }: { maxDepth?: number } = {}): Member[] {
  const members: Member[] = [];
  let at = skipSpace(text, 0);
  if (text.charCodeAt(at) !== BRACE_OPEN) throw new JsonTextError(at, "expected an object");
  at = skipSpace(text, at + 1);
  if (text.charCodeAt(at) === BRACE_CLOSE) at++;
  else {
    for (;;) {
      const keyEnd = skipString(text, at);
      const keyText = text.slice(at, keyEnd);
      const start = skipColon(text, keyEnd);
      const end = skipValue(text, start, maxDepth);
      members.push({ key: JSON.parse(keyText), keyText, valueText: text.slice(start, end) });
      at = skipSpace(text, end);
      const c = text.charCodeAt(at++);
      if (c === BRACE_CLOSE) break;
      if (c !== COMMA) throw new JsonTextError(at - 1, 'expected "," or "}"');
      at = skipSpace(text, at);
    }
  }
  at = skipSpace(text, at);
  if (at !== text.length) throw new JsonTextError(at, "expected the end of the text");
  return members;
}

const QUOTE = 0x22, COMMA = 0x2c, MINUS = 0x2d, DOT = 0x2e, ZERO = 0x30, COLON = 0x3a;
const BACKSLASH = 0x5c, BRACKET_OPEN = 0x5b, BRACKET_CLOSE = 0x5d, BRACE_OPEN = 0x7b, BRACE_CLOSE = 0x7d;

function skipSpace(text: string, at: number): number {
  for (;; at++) {
    const c = text.charCodeAt(at);
    if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) return at;
  }
}

/** The end of the value that begins at an offset. Iterative: no depth overflows the stack. */
function skipValue(text: string, at: number, maxDepth: number): number {
  const closers: number[] = [];
  for (;;) {
    const c = text.charCodeAt(at);
    if (c === BRACE_OPEN || c === BRACKET_OPEN) {
      if (closers.length >= maxDepth) throw new JsonTextError(at, `nested more than ${maxDepth} deep`);
      const closer = c === BRACE_OPEN ? BRACE_CLOSE : BRACKET_CLOSE;
      at = skipSpace(text, at + 1);
      if (text.charCodeAt(at) !== closer) {
        closers.push(closer);
        if (closer === BRACE_CLOSE) at = skipColon(text, skipString(text, at));
        continue;
      }
      at++;
    } else if (c === QUOTE) at = skipString(text, at);
    else if (c === MINUS || isDigit(c)) at = skipNumber(text, at);
    else at = skipLiteral(text, at);
    // A value has ended: so do the objects and arrays that it was the last part of.
    for (;;) {
      const closer = closers.at(-1);
      if (closer === undefined) return at;
      at = skipSpace(text, at);
      const c = text.charCodeAt(at);
      if (c === closer) {
        closers.pop();
        at++;
      } else if (c === COMMA) {
        at = skipSpace(text, at + 1);
        if (closer === BRACE_CLOSE) at = skipColon(text, skipString(text, at));
        break;
      } else {throw new JsonTextError(
          at,
          closer === BRACE_CLOSE ? 'expected "," or "}"' : 'expected "," or "]"',
        );}
    }
  }
}

function skipColon(text: string, at: number): number {
  at = skipSpace(text, at);
  if (text.charCodeAt(at) !== COLON) throw new JsonTextError(at, 'expected ":"');
  return skipSpace(text, at + 1);
}

function skipString(text: string, at: number): number {
  if (text.charCodeAt(at) !== QUOTE) throw new JsonTextError(at, "expected a string");
  for (at++;; at++) {
    const c = text.charCodeAt(at);
    if (c === QUOTE) return at + 1;
    if (c === BACKSLASH) at = skipEscape(text, at + 1);
    // NaN, past the end, fails the comparison too.
    else if (!(c >= 0x20)) throw new JsonTextError(at, "expected the end of a string");
  }
}

/** The last character of an escape whose letter is at an offset. */
function skipEscape(text: string, at: number): number {
  const letter = text[at];
  if (letter === "u") {
    if (!/^[0-9a-fA-F]{4}$/.test(text.slice(at + 1, at + 5))) {
      throw new JsonTextError(at, "expected four hex digits");
    }
    return at + 4;
  }
  if (letter === undefined || !'"\\/bfnrt'.includes(letter)) {
    throw new JsonTextError(at, "expected an escape");
  }
  return at;
}

function skipNumber(text: string, at: number): number {
  if (text.charCodeAt(at) === MINUS) at++;
  if (text.charCodeAt(at) === ZERO) at++;
  else at = skipDigits(text, at);
  if (text.charCodeAt(at) === DOT) at = skipDigits(text, at + 1);
  if ((text.charCodeAt(at) | 0x20) === 0x65) {
    const sign = text[at + 1];
    at = skipDigits(text, sign === "+" || sign === "-" ? at + 2 : at + 1);
  }
  return at;
}

function skipDigits(text: string, at: number): number {
  if (!isDigit(text.charCodeAt(at))) throw new JsonTextError(at, "expected a digit");
  do at++; while (isDigit(text.charCodeAt(at)));
  return at;
}

function isDigit(c: number): boolean {
  return c >= ZERO && c <= 0x39;
}

function skipLiteral(text: string, at: number): number {
  for (const literal of ["true", "false", "null"]) {
    if (text.startsWith(literal, at)) return at + literal.length;
  }
  throw new JsonTextError(at, "expected a value");
}
