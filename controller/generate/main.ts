/**
 * Writes every file that is made of sources: `deno task generate`.
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";
import { generatedFiles } from "./files.ts";

const ROOT = fromFileUrl(new URL("../..", import.meta.url));

for (const { path, text } of await generatedFiles()) {
  const before = await Deno.readTextFile(join(ROOT, path)).catch(() => "");
  if (before !== text) await Deno.writeTextFile(join(ROOT, path), text);
  console.log(`${before === text ? "as it was" : "written  "}  ${path}`);
}
