import { assertEquals } from "@std/assert";
import plugin from "./plugin.ts";

function needed(source: string, file = "actor.ts"): string[] {
  const found = Deno.lint.runPlugin(plugin, file, source).filter(({ id }) => id === "troupe/need");
  return [...new Set(found.map(({ message }) => message))].sort();
}

const CASES: [string, string[]][] = [
  [`export function handle() {}`, []],
  [`export async function handle() {}`, ["promises"]],
  [`export const handle = async () => {};`, ["promises"]],
  [`export async function* handle() {}`, ["promises"]],
  [`const a = { async f() {} };`, ["promises"]],
  [`class A { async f() {} }`, ["promises"]],
  [`const a = async function () {};`, ["promises"]],
  [`Promise.resolve(1).then(f);`, ["promises"]],
  [`let a: Promise<number>;`, []],
  [`queueMicrotask(() => {});`, ["promises"]],
  [`setTimeout(() => {}, 1);`, ["timers"]],
  [`const wait = setTimeout; clearInterval(1);`, ["timers"]],
  [`function setTimeout() {} setTimeout();`, []],
  [`new URL("x");`, ["url"]],
  [`URL.canParse("x");`, ["url"]],
  [`if (typeof URL !== "undefined") f();`, ["url"]],
  [`let a: URL; a.URL; const b = { URL: 1 };`, []],
  [`import { URL } from "./mine.ts"; new URL("x");`, []],
  [`new URLSearchParams(); setTimeout(async () => {});`, ["promises", "timers", "url"]],
  [`import * as z from "zod/mini"; z.url();`, ["url"]],
  [`import { z } from "npm:zod@4.6.7"; z.string().url();`, ["url"]],
  [`import { z } from "zod"; z.ipv6();`, ["url"]],
  [`import { z } from "zod"; z.string(); a.uri;`, []],
  [`import * as z from "./zodiac.ts"; z.url();`, []],
];

for (const [source, needs] of CASES) {
  Deno.test(`${needs.join(", ") || "nothing"} for: ${source}`, () => assertEquals(needed(source), needs));
}

Deno.test("JavaScript is looked at too", () => assertEquals(needed("setTimeout(f)", "actor.js"), ["timers"]));
