/**
 * Misbehaves on purpose. What comes of it can be seen in the demo: a named error each time, and a mesh that goes on.
 *
 * @module
 */

import { Fatal, fly, mesh, RefusedError, set, type Steps } from "@troupe/sdk";

/** How it can misbehave. */
export const ATTACKS = [
  "spin",
  "memory",
  "network",
  "files",
  "env",
  "flood",
  "route",
  "headers",
  "deep",
] as const;
/** How it can misbehave. */
export type Attack = typeof ATTACKS[number];

/** Names that would lead out, and what was found by them. */
export interface Search {
  readonly attack: Attack;
  /** What was looked for. */
  readonly tried: readonly string[];
  /** What was there: nothing, if all is well. */
  readonly found: readonly string[];
}

/** Does what it is told to do. */
export function* handle({ attack }: { attack: Attack }): Steps<unknown, Search | void> {
  switch (attack) {
    case "spin":
      // Never returns: the timeout of its spec ends it.
      for (;;);
    case "memory":
      return hoard();
    case "network":
      return search(attack, [
        "fetch",
        "XMLHttpRequest",
        "WebSocket",
        "EventSource",
        "Deno.connect",
        "require('net')",
      ]);
    case "files":
      return search(attack, ["Deno.readTextFile", "require('fs')", "std.open", "os.open", "process.binding"]);
    case "env":
      return search(attack, ["process.env", "Deno.env", "std.getenv", "os.environ", "process.argv"]);
    case "flood":
      for (let n = 0;; n++) {
        if (n % 100 === 0) yield fly({ n });
        yield { n };
      }
    case "route":
      yield* tryAll([".status.phase", ".route.curr", ".route.prev", ".id", ".payload"], "sink");
      return void (yield set(".route.next[:0]", ["x-sump", "another-tenants-queue"]));
    case "headers":
      yield* tryAll([".headers.traceparent", '.headers["x-asya-route"]'], "forged");
      return void (yield set('.headers["x-troupe-root"]', "another envelope"));
    case "deep":
      return void (yield nested(1_000));
    default:
      throw new Fatal(`there is no attack ${JSON.stringify(attack)}: choose of ${ATTACKS.join(", ")}`);
  }
}

/** Takes memory until there is none. */
function hoard(): never {
  const kept: Uint8Array[] = [];
  for (;;) kept.push(new Uint8Array(64 * 1024).fill(1));
}

/** Looks for names in every way that code has. */
function search(attack: Attack, tried: readonly string[]): Search {
  const found = tried.filter((name) => {
    try {
      return new Function(`return ${name}`)() !== undefined;
    } catch {
      // It is not there, which is what is hoped for.
      return false;
    }
  });
  return { attack, tried, found };
}

/** Tries to write what may not be written; each refusal is caught, as an attacker would. */
function* tryAll(paths: readonly string[], value: string): Steps {
  for (const path of paths) {
    try {
      yield set(path, value);
      mesh.log("warn", `${path} was written`);
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      mesh.log("info", `${path} was refused: ${error.code}`);
    }
  }
}

/** Arrays within arrays. */
function nested(depth: number): unknown {
  let value: unknown = 0;
  for (let at = 0; at < depth; at++) value = [value];
  return value;
}
