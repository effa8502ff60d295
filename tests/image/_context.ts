/**
 * What `docker build` would be given, and the file tree that it would make of it.
 *
 * @module
 */

import { dirname, fromFileUrl, join } from "@std/path";

const ROOT = fromFileUrl(new URL("../..", import.meta.url));

/** Copies what `.dockerignore` lets through, of what the repository has. */
export async function copyContext(folder: string): Promise<void> {
  const lines = (await Deno.readTextFile(join(ROOT, ".dockerignore"))).split("\n");
  const rules = lines.filter((line) => line !== "" && !line.startsWith("#")).map(readRule);
  if (rules[0]?.source !== "*" || rules[0].given) {
    throw new Error("it does not begin with leaving out everything");
  }
  const named = rules.filter(({ given }) => given).map(({ source }) => filesBelow(source));
  for (const path of (await Promise.all(named)).flat()) {
    if (!rules.findLast(({ pattern }) => pattern.test(path))?.given) continue;
    await Deno.mkdir(dirname(join(folder, path)), { recursive: true });
    await Deno.copyFile(join(ROOT, path), join(folder, path));
  }
}

/** Assembles the tree of the image, out of nothing but what Docker is given. */
export async function assembleFromContext(context: string, tree: string): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "host/image/main.ts", "assemble", tree],
    cwd: context,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

/** The files of a path. */
async function filesBelow(path: string): Promise<string[]> {
  if ((await Deno.stat(join(ROOT, path))).isFile) return [path];
  const entries = await Array.fromAsync(Deno.readDir(join(ROOT, path)), ({ name }) => join(path, name));
  return (await Promise.all(entries.map(filesBelow))).flat();
}

/** A line of the file. */
interface Rule {
  readonly given: boolean;
  readonly source: string;
  readonly pattern: RegExp;
}

/** A line, as Docker reads it: it is about a path and everything below that; the last line that fits a path counts. */
function readRule(line: string): Rule {
  const given = line.startsWith("!");
  const source = given ? line.slice(1) : line;
  const pattern = source.split(/(\*\*\/|\*)/).map((part) =>
    part === "**/" ? "(?:.*/)?" : part === "*" ? "[^/]*" : RegExp.escape(part)
  ).join("");
  return { given, source, pattern: new RegExp(`^${pattern}(?:/.*)?$`) };
}
