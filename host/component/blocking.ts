/**
 * Which imports of a component make its guest wait for the host.
 *
 * The glue of a component that has such imports is another one: its calls are promises (JSPI), and while one envelope
 * waits, others are handled. Components that import none of them keep the plain glue, which is quicker.
 *
 * @module
 */

import type { ImportFact } from "./facts.ts";

/** Interfaces of which every function waits. */
const ALL_WAIT: ReadonlySet<string> = new Set(["troupe:actor/state", "troupe:actor/timers"]);

/** What waits where there is something to wait for: a component that sends no requests has nothing of the kind. */
const WAITS_FOR_IO: ReadonlyMap<string, RegExp> = new Map([
  ["wasi:io/poll", /^(poll|\[method\]pollable\.block)$/],
  ["wasi:io/streams", /^\[method\](input|output)-stream\.blocking-/],
]);

/**
 * The functions that wait, as `interface@version#function`, with the version that the component imports; none where its
 * guest never waits.
 */
export function waitingImports(imports: readonly Pick<ImportFact, "name" | "members">[]): string[] {
  const sends = imports.some(({ name }) => name.startsWith("wasi:http/"));
  return imports.flatMap(({ name, members }) => {
    const path = pathOf(name);
    const waits = ALL_WAIT.has(path) ? /./ : sends ? WAITS_FOR_IO.get(path) : undefined;
    if (!waits) return [];
    return members.filter(([member, type]) => type.startsWith("func(") && waits.test(member))
      .map(([member]) => `${name}#${member}`);
  });
}

/** Whether a component's guest may have to wait for the host. */
export function isBlocking(imports: readonly Pick<ImportFact, "name" | "members">[]): boolean {
  return waitingImports(imports).length > 0;
}

function pathOf(name: string): string {
  return name.split("@", 1)[0] as string;
}
