// What the documentation lists is what there is.

import { assertEquals, assertStringIncludes } from "@std/assert";
import { metricsTable } from "@troupe/host/observe/metrics";
import { fromFileUrl, join } from "@std/path";

const ROOT = fromFileUrl(new URL("..", import.meta.url));
const CODE = /["`](troupe\.[A-Z][A-Za-z]+)["`]/g;

async function* sources(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory && ![".troupe", "_testing"].includes(name)) yield* sources(path);
    else if (/\.ts$/.test(name) && !/(_test|_testing)\.ts$/.test(name)) yield path;
  }
}

function codesIn(text: string): Set<string> {
  return new Set([...text.matchAll(CODE)].map(([, code]) => code as string));
}

Deno.test("docs/errors.md lists every code, and no other", async () => {
  const used = new Set<string>();
  for (const folder of ["host", "controller", "cli"]) {
    for await (const file of sources(join(ROOT, folder))) {
      // Examples in comments make up codes of their own.
      const code = (await Deno.readTextFile(file)).replaceAll(/^\s*(\*|\/\/).*$/gm, "");
      for (const each of codesIn(code)) used.add(each);
    }
  }
  const listed = codesIn(await Deno.readTextFile(join(ROOT, "docs/errors.md")));
  assertEquals([...used].filter((code) => !listed.has(code)).sort(), [], "not listed");
  assertEquals([...listed].filter((code) => !used.has(code)).sort(), [], "listed, and not used");
});

Deno.test("docs/metrics.md has the table of metrics", async () => {
  const squeezed = (text: string) => text.replaceAll(/ +\| */g, " | ").replaceAll(/-+/g, "-");
  const page = squeezed(await Deno.readTextFile(join(ROOT, "docs/metrics.md")));
  for (const row of squeezed(metricsTable()).split("\n").slice(2)) assertStringIncludes(page, row);
});
