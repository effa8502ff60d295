import { assertEquals } from "@std/assert";
import plugin from "./plugin.ts";

function reported(source: string): number {
  return Deno.lint.runPlugin(plugin, "actor.ts", source).filter(({ id }) => id === "troupe/async-handler")
    .length;
}

const ASYNC = [
  `export async function handle(a: string) {}`,
  `export async function* handle() {}`,
  `export const handle = async () => {};`,
  `export const handle = (async () => {}) satisfies Handler;`,
  `export const handle = async function () {} as Handler;`,
  `export default async function () {}`,
  `export default async () => {};`,
  `async function handle() {} export { handle };`,
  `const run = async () => {}; export { run as handle };`,
  `async function run() {} export default run;`,
  `async function run() {} export { run as default };`,
];

for (const source of ASYNC) {
  Deno.test(`refused: ${source}`, () => assertEquals(reported(source), 1));
}

const OTHERS = [
  `export function handle() {}`,
  `export function* handle() {}`,
  `export const handle = () => {};`,
  `export function handle() {} export async function other() {}`,
  `export function handle() {} export default async function () {}`,
  `async function helper() {} export function handle() { helper(); }`,
  `export { handle } from "./other.ts";`,
  `export * from "./other.ts";`,
  `export default class {}`,
  `export default 1;`,
  `export const { handle } = make();`,
  `const a = 1;`,
  ``,
];

for (const source of OTHERS) {
  Deno.test(`not refused: ${source}`, () => assertEquals(reported(source), 0));
}
