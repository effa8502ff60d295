/**
 * Transpiled components on disk. An entry is a folder, named by a key, with a manifest that holds the digest of each file;
 * what does not match when it is read back is as good as absent. Entries are made aside and renamed, so that any number of
 * processes can do so at once and be killed at any point.
 *
 * @module
 */

import { join } from "@std/path";
import { z } from "zod";
import type { Facts } from "./facts.ts";
import { digestOf } from "./read.ts";
import type { Transpiled } from "./transpile.ts";

const Texts = z.array(z.string()).readonly();
const Manifest = z.strictObject({
  facts: z.strictObject({
    kind: z.enum(["component", "module", "not-wasm"]),
    malformed: z.string(),
    badNames: Texts,
    largestFunction: z.number(),
    initialMemory: z.number(),
    imports: Texts,
    exports: Texts,
  }),
  files: z.array(z.strictObject({ name: z.string().regex(/^[\w.-]+$/), sha256: z.string() })),
});

const GLUE = "glue.js";
/** A temporary folder that is older was left by a process that was killed. */
const ABANDONED_MS = 3_600_000;

/** Entries below a folder. */
export class ComponentCache {
  readonly #folder: string;
  readonly #onWarning: (message: string) => void;

  /** @param onWarning Told of an entry that is not what was written. */
  constructor(folder: string, onWarning: (message: string) => void) {
    this.#folder = folder;
    this.#onWarning = onWarning;
  }

  /** The entry under a key, verified; undefined when there is none, or not as it was written. */
  async read(key: string): Promise<(Transpiled & { glue: Uint8Array<ArrayBuffer> }) | undefined> {
    const folder = join(this.#folder, key);
    try {
      const manifest = Manifest.parse(JSON.parse(await Deno.readTextFile(join(folder, "manifest.json"))));
      const files = await Promise.all(manifest.files.map(async ({ name, sha256 }) => {
        const bytes = await Deno.readFile(join(folder, name));
        if (await digestOf(bytes) !== sha256) throw new Error(`${name} has been changed`);
        return { name, bytes };
      }));
      const glue = files.find(({ name }) => name === GLUE);
      if (!glue) throw new Error("there is no glue");
      return { facts: manifest.facts, glue: glue.bytes, modules: files.filter((file) => file !== glue) };
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound) || await exists(folder)) {
        const problem = error instanceof Error ? error.message : String(error);
        this.#onWarning(
          `the cached component in ${folder} is not what was written (${problem}); it is made anew`,
        );
      }
      return undefined;
    }
  }

  /** Puts an entry in place of what is there. */
  async write(key: string, { facts, glue, modules }: Transpiled & { glue: Uint8Array }): Promise<void> {
    await Deno.mkdir(this.#folder, { recursive: true });
    await this.#removeAbandoned();
    const aside = join(this.#folder, `.making-${crypto.randomUUID()}`);
    await Deno.mkdir(aside);
    try {
      const files = [{ name: GLUE, bytes: glue }, ...modules];
      for (const { name, bytes } of files) await Deno.writeFile(join(aside, name), bytes);
      const manifest = {
        facts: facts satisfies Facts,
        files: await Promise.all(
          files.map(async ({ name, bytes }) => ({ name, sha256: await digestOf(bytes) })),
        ),
      };
      await Deno.writeTextFile(join(aside, "manifest.json"), JSON.stringify(manifest));
      await this.#moveInto(aside, join(this.#folder, key));
    } finally {
      await removeIfThere(aside);
    }
  }

  /** A folder cannot be renamed onto another one that is not empty: the other one is moved away first. */
  async #moveInto(aside: string, place: string): Promise<void> {
    const old = `${aside}-old`;
    await Deno.rename(place, old).catch(ignoreAbsent);
    try {
      await Deno.rename(aside, place);
    } catch (error) {
      // Another process was quicker, with the same content: what is there was verified by nobody, but will be when read.
      if (!await exists(place)) throw error;
    } finally {
      await removeIfThere(old);
    }
  }

  async #removeAbandoned(): Promise<void> {
    for await (const { name } of Deno.readDir(this.#folder)) {
      if (!name.startsWith(".making-")) continue;
      const path = join(this.#folder, name);
      const modified = await Deno.stat(path).then(({ mtime }) => mtime, ignoreAbsent);
      if (modified && Date.now() - modified.getTime() > ABANDONED_MS) await removeIfThere(path);
    }
  }
}

function ignoreAbsent(error: unknown): undefined {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

async function removeIfThere(path: string): Promise<void> {
  await Deno.remove(path, { recursive: true }).catch(ignoreAbsent);
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, (error: unknown) => ignoreAbsent(error) ?? false);
}
