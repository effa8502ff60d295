import { assertEquals } from "@std/assert";
import { entryText } from "./kit.ts";
import { ALL_NEEDS, NO_NEEDS } from "./needs.ts";

Deno.test("an entry has what is needed, the author's module after what it may use", () => {
  assertEquals(entryText(ALL_NEEDS).split("\n"), [
    'import { connect } from "#runtime/mod.ts";',
    'import { EventLoop } from "#runtime/event_loop.ts";',
    'import { timers as queue } from "#runtime/timer_globals.ts";',
    'import "#runtime/url_globals.ts";',
    'import mesh from "troupe:actor/mesh@0.1.0";',
    'import state from "troupe:actor/state@0.1.0";',
    'import timers from "troupe:actor/timers@0.1.0";',
    'import exit from "wasi:cli/exit@0.2.12";',
    'import random from "wasi:random/random@0.2.12";',
    'import * as author from "troupe:author";',
    "",
    'const loop = new EventLoop({ runReactions: () => exit.exit({ tag: "ok" }), timers: queue });',
    "export const handle = loop.enter(connect(author, { mesh, random, state, timers }, loop));",
    "",
  ]);
});

Deno.test("and nothing else", () => {
  assertEquals(entryText(NO_NEEDS).split("\n"), [
    'import { connect } from "#runtime/mod.ts";',
    'import mesh from "troupe:actor/mesh@0.1.0";',
    'import random from "wasi:random/random@0.2.12";',
    'import * as author from "troupe:author";',
    "",
    "export const handle = connect(author, { mesh, random });",
    "",
  ]);
});
