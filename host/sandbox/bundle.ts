/**
 * One JavaScript file out of the TypeScript that runs in a sandboxed child.
 *
 * The child may have no cache folder of its own (with one it could leave files behind for the next child), and without a
 * cache Deno takes 150 ms more to start a TypeScript entry than a JavaScript one. So the entry and what it imports are
 * bundled once, outside of the sandbox, by `deno bundle`.
 *
 * @module
 */

import { TroupeError } from "../errors.ts";
import { encodeHex } from "@std/encoding/hex";
import { basename, fromFileUrl, join, relative } from "@std/path";

/** Names a folder in which the bundles are already, as in the image: nothing has to be bundled when a host starts. */
export const SCRIPTS_VARIABLE = "TROUPE_SCRIPTS";

const HOST = fromFileUrl(new URL("..", import.meta.url));

/** The code that runs in the sandbox could not be bundled. */
export class BundleError extends TroupeError {
  constructor(entry: string, detail: string, options?: ErrorOptions) {
    super("troupe.BundleFailed", "system", `Cannot bundle ${entry} for the sandbox: ${detail}`, options);
  }
}

const bundles = new Map<string, Promise<string>>();

/** The path of an entry's bundle in a folder of bundles that are made before. */
export function scriptFile(entry: string): string {
  return relative(HOST, entry).replace(/\.ts$/, ".js");
}

/**
 * Bundles an entry file, once in this process unless the result has gone since, and gives the path of the result. The
 * file is named by its content, so that processes of different versions can share a folder, and is put in place by a
 * rename, so that several processes can do it at once.
 *
 * Where `TROUPE_SCRIPTS` names a folder, the bundle is taken from there.
 *
 * @param entry The TypeScript file; it may import relative files only.
 * @param cacheDir Where to put the result; made if it does not exist.
 * @throws {BundleError} when the bundler fails.
 */
export async function bundleForSandbox(entry: URL, cacheDir: string): Promise<string> {
  const scripts = Deno.env.get(SCRIPTS_VARIABLE);
  if (scripts) return await madeBefore(join(scripts, scriptFile(fromFileUrl(entry))));
  const key = `${entry} ${cacheDir}`;
  const known = bundles.get(key);
  if (known && await isFile(await known)) return await known;
  // Another call may have found it missing too, and be at it.
  const underWay = bundles.get(key);
  if (underWay && underWay !== known) return await underWay;
  const bundle = makeBundle(fromFileUrl(entry), cacheDir);
  bundles.set(key, bundle);
  bundle.catch(() => bundles.delete(key));
  return await bundle;
}

async function madeBefore(path: string): Promise<string> {
  if (await isFile(path)) return path;
  throw new BundleError(path, `${SCRIPTS_VARIABLE} names a folder without it`);
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

const BUNDLE = [
  ...["bundle", "--quiet", "--platform=deno", "--no-config", "--no-lock", "--no-npm"],
  // What is half as long is read in 2 to 3 ms less, at each start of a sandbox. Errors are told apart by their names.
  ...["--minify", "--keep-names"],
];

async function makeBundle(entry: string, cacheDir: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...BUNDLE, entry],
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  if (!success) throw new BundleError(entry, new TextDecoder().decode(stderr).trim());
  if (stdout.length === 0) throw new BundleError(entry, "the bundler printed nothing");
  const digest = encodeHex(await crypto.subtle.digest("SHA-256", stdout));
  const path = join(cacheDir, `${basename(entry, ".ts")}-${digest.slice(0, 20)}.js`);
  await Deno.mkdir(cacheDir, { recursive: true });
  // Always written anew: a file that something else has put under this name is not to be trusted.
  const temporary = `${path}.${crypto.randomUUID()}`;
  await Deno.writeFile(temporary, stdout, { mode: 0o444 });
  await Deno.rename(temporary, path);
  return path;
}
