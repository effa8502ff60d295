/**
 * `console`, whose lines become lines of the host's log.
 *
 * @module
 */

import { currentHop } from "../_hop.ts";
import type { LogLevel } from "../calls.ts";
import { formatLine } from "./format.ts";

/** The part of `console` that an actor has. */
export interface ActorConsole {
  debug(...values: unknown[]): void;
  log(...values: unknown[]): void;
  info(...values: unknown[]): void;
  warn(...values: unknown[]): void;
  error(...values: unknown[]): void;
  /** A line when the condition does not hold. */
  assert(condition?: unknown, ...values: unknown[]): void;
}

/**
 * Makes a console. What is printed while the module is loaded, which happens once, when the component is built, has no
 * envelope that it could be a line of, and is dropped.
 */
export function makeConsole(): ActorConsole {
  const at = (level: LogLevel) => (...values: unknown[]): void => {
    currentHop()?.calls.log(level, formatLine(values));
  };
  const error = at("error");
  return {
    debug: at("debug"),
    log: at("info"),
    info: at("info"),
    warn: at("warn"),
    error,
    assert(condition = false, ...values) {
      if (!condition) error("assertion failed:", ...values);
    },
  };
}
