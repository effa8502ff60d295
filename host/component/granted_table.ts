/**
 * The interfaces that grants open, with the grants that open them.
 *
 * @module
 */

import type { Grant } from "../grants.ts";
import { HTTP, HTTP_0_2_0 } from "./http_table.ts";
import { type InterfaceTable, interfaceTable } from "./interface_table.ts";

/** Interfaces that exist for an actor only where its spec grants them. */
export interface GrantedInterfaces {
  /** Any of these opens them; advice names the first. */
  readonly grants: readonly Grant[];
  readonly version: RegExp;
  readonly table: InterfaceTable;
}

/** Versions of 0.2, the drafts of what is to be part of it among them. */
const WASI = /^0\.2\.\d+(-(draft|rc)[.\w]*)?$/;

const REFUSAL = "record{code: string, message: string}";

/** All of them. */
export const GRANTED: readonly GrantedInterfaces[] = [
  {
    grants: ["env", "secrets"],
    version: WASI,
    table: interfaceTable(`
wasi:config/store
  error: variant{upstream(string), io(string)}
  get: func(key: string) -> result<option<string>, error>
  get-all: func() -> result<list<tuple<string, string>>, error>
`),
  },
  {
    grants: ["state"],
    version: /^0\.1\.\d+$/,
    table: interfaceTable(`
troupe:actor/state
  refusal: ${REFUSAL}
  entry: record{value: list<u8>, version: u64}
  get: func(key: string) -> result<option<entry>, refusal>
  set: func(key: string, value: list<u8>, ttl: option<u64>) -> result<u64, refusal>
  swap: func(key: string, expected: option<u64>, value: list<u8>, ttl: option<u64>) -> result<option<u64>, refusal>
  delete: func(key: string) -> result<bool, refusal>
  keys: func(prefix: string, after: option<string>, limit: u32) -> result<list<string>, refusal>
  add: func(key: string, delta: s64) -> result<s64, refusal>
`),
  },
  { grants: ["http"], version: /^0\.2\.0$/, table: HTTP_0_2_0 },
  { grants: ["http"], version: /^0\.2\.[1-9]\d*$/, table: HTTP },
];
