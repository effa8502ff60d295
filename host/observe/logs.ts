/**
 * Structured logs: a line of JSON each, or a line that a person reads on a terminal.
 *
 * @module
 */

import { bold, dim, red, yellow } from "@std/fmt/colors";

/** Levels, least first. */
export const LEVELS = ["debug", "info", "warn", "error"] as const;
/** How much a line matters. */
export type Level = typeof LEVELS[number];

/** What goes with a message. */
export type Fields = Readonly<Record<string, unknown>>;

/** Writes lines of one part of the program. */
export interface Logger {
  /** A logger whose lines carry these fields too. */
  child(fields: Fields): Logger;
  debug(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
}

/** Options of {@linkcode createLogger}. */
export interface LoggerOptions {
  /** `json`: one object a line, with `time`, `level`, `message` and the fields. `text`: for people. */
  readonly format: "json" | "text";
  /** Lines below it are not written. @default "info" */
  readonly level?: Level;
  /** Takes a line, without its end. @default stderr */
  readonly write?: (line: string) => void;
  /** Whether text has colours. @default false */
  readonly colors?: boolean;
}

/** Names of fields whose values are secrets, wherever they come from. */
const SECRET = /pass(word|wd|phrase)?$|secret|token$|authorization|api[-_]?key|credential|private[-_]?key/i;
/** Longest text in a field, in characters. */
const LONGEST = 8 * 1024;

/**
 * Makes a logger. Fields that are named like secrets are not written; texts that come from guests can neither end a line
 * nor move a terminal's cursor.
 *
 * @example
 * ```ts
 * import { createLogger } from "@troupe/host/observe/logs";
 * import { assertEquals } from "@std/assert";
 *
 * const lines: string[] = [];
 * const logger = createLogger({ format: "json", write: (line) => lines.push(line) });
 * logger.child({ actor: "split" }).info("hello", { password: "x" });
 * const { level, message, actor, password } = JSON.parse(lines[0] ?? "");
 * assertEquals([level, message, actor, password], ["info", "hello", "split", "[redacted]"]);
 * ```
 */
export function createLogger(options: LoggerOptions): Logger {
  const { format, level = "info", write = writeToStderr, colors = false } = options;
  const least = LEVELS.indexOf(level);
  const line = format === "json" ? jsonLine : (entry: Entry) => textLine(entry, colors);
  const make = (inherited: Fields): Logger => {
    const log = (level: Level) => (message: string, fields: Fields = {}) => {
      if (LEVELS.indexOf(level) < least) return;
      write(line({ time: new Date(), level, message, fields: { ...inherited, ...fields } }));
    };
    return {
      child: (fields) => make({ ...inherited, ...fields }),
      debug: log("debug"),
      info: log("info"),
      warn: log("warn"),
      error: log("error"),
    };
  };
  return make({});
}

interface Entry {
  readonly time: Date;
  readonly level: Level;
  readonly message: string;
  readonly fields: Fields;
}

const ENCODER = new TextEncoder();

function writeToStderr(line: string): void {
  const bytes = ENCODER.encode(`${line}\n`);
  for (let at = 0; at < bytes.length;) at += Deno.stderr.writeSync(bytes.subarray(at));
}

function jsonLine({ time, level, message, fields }: Entry): string {
  const shown = Object.entries(fields).map(([name, value]) => [name, showable(name, value, 0)]);
  // What every line has is not to be replaced by a field of that name.
  const always = { time: time.toISOString(), level, message: withoutUserinfo(message) };
  // In JSON these characters stand in strings only, where an escape means the same.
  return printable(JSON.stringify({ ...Object.fromEntries(shown), ...always }));
}

function textLine({ time, level, message, fields }: Entry, colors: boolean): string {
  const paint = colors ? PAINT[level] : (text: string) => text;
  const faint = colors ? dim : (text: string) => text;
  const { actor, ...others } = fields;
  const details = Object.entries(others).map(([name, value]) => {
    const shown = showable(name, value, 0);
    return `${name}=${
      typeof shown === "string" && /^[\w.:/-]+$/.test(shown) ? shown : JSON.stringify(shown)
    }`;
  });
  const who = typeof actor === "string" ? `${printable(actor).padEnd(8)} ` : "";
  return [
    faint(time.toISOString().slice(11, 23)),
    paint(level.padEnd(5)),
    `${who}${printable(withoutUserinfo(message))}`,
    faint(printable(details.join(" "))),
  ]
    .join(" ").trimEnd();
}

const PAINT: Record<Level, (text: string) => string> = { debug: dim, info: bold, warn: yellow, error: red };

/** A value as it may be written. */
function showable(name: string, value: unknown, depth: number): unknown {
  if (SECRET.test(name)) return "[redacted]";
  if (typeof value === "string") return withoutUserinfo(value).slice(0, LONGEST);
  if (typeof value === "bigint") return String(value);
  if (value instanceof Error) return showError(value, depth);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof URL) return withoutUserinfo(value.href);
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (typeof value !== "object" || value === null) return value;
  if (depth >= 4) return "…";
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => showable("", item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).slice(0, 100).map(([key, item]) => [key, showable(key, item, depth + 1)]),
  );
}

function showError(error: Error, depth: number): Fields {
  const { name, message, stack = "", cause } = error;
  const { code } = error as { code?: unknown };
  const deeper = depth < 4;
  return {
    name,
    message: showable("message", message, depth),
    ...(typeof code === "string" ? { code } : { stack: showable("stack", stack, depth) }),
    ...(cause === undefined || !deeper ? {} : { cause: showable("cause", cause, depth + 1) }),
    ...(error instanceof AggregateError && deeper
      ? { errors: showable("errors", error.errors, depth + 1) }
      : {}),
  };
}

/** User names and passwords in addresses. A scheme is bounded, so that a long text costs no more than its length. */
function withoutUserinfo(text: string): string {
  return text.replaceAll(/(\b[a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/?#]*@/gi, "$1[redacted]@");
}

// deno-lint-ignore no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** Text on one line that does nothing to a terminal. */
export function printable(text: string): string {
  return text.replaceAll(
    CONTROL,
    (character) => character === "\n" ? "⏎" : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
