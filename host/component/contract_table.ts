/**
 * What an actor may import of the contract, and what it must export: actor.wit and timers.wit, version 0.1.
 *
 * @module
 */

import { interfaceTable } from "./interface_table.ts";

const FAILURE =
  "record{kind: string, lineage: list<string>, message: string, traceback: option<string>, details: option<string>}";

/** The contract's interfaces. Later versions of 0.1 add functions, and change none. */
export const CONTRACT = interfaceTable(`
troupe:actor/mesh
  json: string
  refusal: record{code: string, message: string}
  level: enum{debug, info, warn, error}
  get: func(path: string) -> result<option<json>, refusal>
  set: func(path: string, value: json) -> result<_, refusal>
  del: func(path: string) -> result<_, refusal>
  emit: func(payload: json) -> result<_, refusal>
  fly: func(event: json) -> result<_, refusal>
  log: func(level: level, message: string)
troupe:actor/failures
  failure: ${FAILURE}
`);

/** What of the contract needs no grant either, and is in the worlds of those only that use it. */
export const CONTRACT_EXTRAS = interfaceTable(`
troupe:actor/timers
  sleep: func(ms: u32)
`);

/** The type of `handle`, written out. */
export const HANDLE_TYPE = `func(payload: string) -> result<option<string>, ${FAILURE}>`;

/** What toolchains export besides `handle`, for their own use, with the types' forms; it is never called. */
export const TOOLCHAIN_EXPORTS: ReadonlyMap<string, RegExp> = new Map([
  // componentize-qjs: evaluates a script, while the component is made.
  ["init", /^func\(/],
  // componentize-py: the same, as an interface of its own.
  ["exports", /^interface\{init\}$/],
]);
