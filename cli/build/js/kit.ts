/**
 * What is around the author's module in a component: an entry, which the bundler begins with, and the world that it is
 * built for. What a world imports has to be granted, whether or not it is ever called; and whoever can wait is called in a
 * dearer way. So each component has what it needs, and no more.
 *
 * @module
 */

import { join } from "@std/path";
import { type Needs, NO_NEEDS } from "./needs.ts";

/** What a component is made with. */
export interface Kit {
  readonly needs: Needs;
  /** Path of the component's entry. */
  readonly entry: string;
  /** Name of the world. */
  readonly world: string;
}

const WORLD = "js-actor-of-this-build";

/** Writes a kit into a folder of work. */
export async function makeKit(
  needs: Needs,
  { path, wit }: { readonly path: string; readonly wit: string },
): Promise<Kit> {
  // By what it has: that of another kit in the same folder stays what it was.
  const names = Object.entries(needs).flatMap(([name, needed]) => needed ? [name] : []);
  const entry = join(path, `${["entry", ...names].join("_")}.js`);
  await Deno.writeTextFile(entry, entryText(needs));
  await Deno.writeTextFile(join(wit, "kit.wit"), worldText(needs));
  return { needs, entry, world: WORLD };
}

/**
 * The entry. The runtime comes before the author's module: it puts into place what that may use while it is loaded.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 *
 * assert(entryText().includes("export const handle = connect(author, { mesh, random });"));
 * ```
 */
export function entryText({ state, sleep, timers, promises, url }: Needs = NO_NEEDS): string {
  const lines = [
    `import { connect } from "#runtime/mod.ts";`,
    promises && `import { EventLoop } from "#runtime/event_loop.ts";`,
    timers && `import { timers as queue } from "#runtime/timer_globals.ts";`,
    url && `import "#runtime/url_globals.ts";`,
    `import mesh from "troupe:actor/mesh@0.1.0";`,
    state && `import state from "troupe:actor/state@0.1.0";`,
    sleep && `import timers from "troupe:actor/timers@0.1.0";`,
    promises && `import exit from "wasi:cli/exit@0.2.12";`,
    `import random from "wasi:random/random@0.2.12";`,
    `import * as author from "troupe:author";`,
    "",
    // See job_loop.ts: in the component this ends nothing.
    promises &&
    `const loop = new EventLoop({ runReactions: () => exit.exit({ tag: "ok" })${
      timers ? ", timers: queue" : ""
    } });`,
  ];
  const imports = ["mesh", "random", state && "state", sleep && "timers"].filter((name) => name).join(", ");
  const handle = promises
    ? `loop.enter(connect(author, { ${imports} }, loop))`
    : `connect(author, { ${imports} })`;
  return [...lines.filter((line) => line !== false), `export const handle = ${handle};`, ""].join("\n");
}

function worldText({ state, sleep, promises }: Needs): string {
  const imports = [
    state && "troupe:actor/state@0.1.0",
    sleep && "troupe:actor/timers@0.1.0",
    promises && "wasi:cli/exit@0.2.12",
  ].filter((name) => name);
  return `package troupe:sdk-js@0.1.0;

world ${WORLD} {
    include js-actor;
${imports.map((name) => `    import ${name};\n`).join("")}}
`;
}
