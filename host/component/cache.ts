/**
 * Transpiled components on disk. An entry is a folder, named by a key, with a manifest that holds the digest of each file
 * and its own; what does not match when it is read back is as good as absent. Entries are made aside and renamed, so that
 * any number of processes can do so at once and be killed at any point.
 *
 * @module
 */

import { join } from "@std/path";
import { z } from "zod";
import { digestOf } from "./digest.ts";
import type { Facts } from "./facts.ts";
import { FactsSchema, FileName, RestorableSchema } from "./reply.ts";
import type { TranspiledFiles } from "./transpile.ts";

/** What is kept of a component. */
export interface CacheEntry {
  /** Bytes of the component. */
  readonly size: number;
  readonly facts: Facts;
  readonly files: TranspiledFiles;
}

/** Options of {@linkcode ComponentCache}. */
export interface CacheOptions {
  /** Told of an entry that is not what was written, and of left-overs that cannot be removed. */
  readonly onWarning: (message: string) => void;
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number;
}

const Digest = z.string().regex(/^[0-9a-f]{64}$/);
const Manifest = z.strictObject({
  key: z.string(),
  size: z.number().min(0),
  facts: FactsSchema,
  restorable: RestorableSchema,
  files: z.array(z.strictObject({ name: FileName, sha256: Digest })).readonly(),
});

const MANIFEST = "manifest.json";
/** Folders under these names are not yet, or no longer, entries. */
const ASIDE = ".aside-";
/** One that is older was left by a process that was killed. */
const ABANDONED_MS = 3_600_000;
/** How often an entry is read of which a part seems to be missing. */
const LOOKS = 2;
/** How often an entry is put in place again when other processes keep putting theirs there. */
const ATTEMPTS = 5;

/** Entries below a folder. */
export class ComponentCache {
  readonly #folder: string;
  readonly #onWarning: (message: string) => void;
  readonly #now: () => number;

  /** @param folder Made when there is something to be put into it. */
  constructor(folder: string, { onWarning, now = Date.now }: CacheOptions) {
    this.#folder = folder;
    this.#onWarning = onWarning;
    this.#now = now;
  }

  /** The entry under a key, verified; undefined when there is none, or not as it was written. */
  async read(key: string): Promise<CacheEntry | undefined> {
    const folder = join(this.#folder, key);
    for (let look = 1;; look++) {
      try {
        return await readEntry(folder, key);
      } catch (error) {
        if (!isDamage(error)) throw error;
        const absent = error instanceof Deno.errors.NotFound;
        if (absent && !await exists(folder)) return undefined;
        // It was put in place between these two looks, unless it is without a part of it again.
        if (absent && look < LOOKS) continue;
        this.#onWarning(
          `The cached component in ${folder} is not what was written (${error.message}); it is made anew`,
        );
        return undefined;
      }
    }
  }

  /** Puts an entry under a key, unless there is a sound one already. */
  async write(key: string, entry: CacheEntry): Promise<void> {
    await Deno.mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await this.#removeAbandoned();
    const aside = this.#aside();
    try {
      await writeEntry(aside, { ...entry, key });
      await this.#putInPlace(aside, key);
    } finally {
      await removeIfThere(aside);
    }
  }

  #aside(): string {
    return join(this.#folder, ASIDE + crypto.randomUUID());
  }

  async #putInPlace(aside: string, key: string): Promise<void> {
    const place = join(this.#folder, key);
    for (let attempt = 1;; attempt++) {
      try {
        return await Deno.rename(aside, place);
      } catch (error) {
        // A folder cannot take the place of one that is not empty, which is how the others' entries are noticed.
        if (attempt === ATTEMPTS || !await exists(place)) throw error;
      }
      if (await isSound(place, key)) return;
      const old = this.#aside();
      await Deno.rename(place, old).catch(ignoreAbsent);
      await removeIfThere(old);
    }
  }

  /** Removes what processes left that were killed. Other processes may do so at the same time. */
  async #removeAbandoned(): Promise<void> {
    for await (const { name } of Deno.readDir(this.#folder)) {
      if (!name.startsWith(ASIDE)) continue;
      const path = join(this.#folder, name);
      const modified = await Deno.stat(path).then(({ mtime }) => mtime, ignoreAbsent);
      if (!modified || this.#now() - modified.getTime() < ABANDONED_MS) continue;
      await removeIfThere(path).catch((error: unknown) => {
        this.#onWarning(`The left-over folder ${path} cannot be removed: ${error}`);
      });
    }
  }
}

/** An entry that is not what was written. */
class DamagedEntry extends Error {
  override readonly name = "DamagedEntry";
}

function isDamage(error: unknown): error is Error {
  return error instanceof DamagedEntry || error instanceof SyntaxError || error instanceof z.ZodError ||
    error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}

async function isSound(folder: string, key: string): Promise<boolean> {
  return await readEntry(folder, key).then(() => true, (error: unknown) => {
    if (!isDamage(error)) throw error;
    return false;
  });
}

/** The manifest is one line of its own digest, then JSON. */
async function readEntry(folder: string, key: string): Promise<CacheEntry> {
  const text = await Deno.readTextFile(join(folder, MANIFEST));
  const [digest, json = ""] = text.split("\n");
  if (await digestOf(new TextEncoder().encode(json)) !== digest) {
    throw new DamagedEntry(`${MANIFEST} has been changed`);
  }
  const { key: writtenFor, size, facts, restorable, files } = Manifest.parse(JSON.parse(json));
  if (writtenFor !== key) throw new DamagedEntry("it is that of another component");
  const [glue, ...modules] = await Promise.all(files.map(async ({ name, sha256 }) => {
    const bytes = await Deno.readFile(join(folder, name));
    if (await digestOf(bytes) !== sha256) throw new DamagedEntry(`${name} has been changed`);
    return { name, bytes };
  }));
  if (!glue) throw new DamagedEntry("it has no files");
  return { size, facts, files: { glue, modules, restorable } };
}

async function writeEntry(
  folder: string,
  { key, size, facts, files: made }: CacheEntry & { readonly key: string },
): Promise<void> {
  await Deno.mkdir(folder, { mode: 0o700 });
  const files = await Promise.all([made.glue, ...made.modules].map(async ({ name, bytes }) => {
    await Deno.writeFile(join(folder, FileName.parse(name)), bytes);
    return { name, sha256: await digestOf(bytes) };
  }));
  const { restorable } = made;
  const json = JSON.stringify({ key, size, facts, restorable, files } satisfies z.input<typeof Manifest>);
  const digest = await digestOf(new TextEncoder().encode(json));
  await Deno.writeTextFile(join(folder, MANIFEST), `${digest}\n${json}`);
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
