/**
 * What is kept beside a component: of what it was made. The file is the lock by which processes that build the same
 * actor take turns, too.
 *
 * @module
 */

import { dirname } from "@std/path";
import { z } from "zod";
import { cannotWrite } from "./errors.ts";
import { readTextIfThere } from "./files.ts";

const RecordSchema = z.strictObject({
  /** Digest of everything that it was made of. */
  inputs: z.string(),
  /** Digest of the component. */
  component: z.string(),
  /** Whether the types were checked. */
  checked: z.boolean(),
  /** The language of its source. */
  language: z.string(),
  /** Versions of the tools that made it, and of the packages that they put in, by their names. */
  tools: z.record(z.string(), z.string()),
});

/** Of what a component was made. */
export type BuildRecord = z.infer<typeof RecordSchema>;

/** Path of the record of a component. */
export function recordPath(component: string): string {
  return `${component}.built`;
}

/** What is kept; undefined when nothing is that can be used. */
export async function readRecord(component: string): Promise<BuildRecord | undefined> {
  const text = await readTextIfThere(recordPath(component));
  return text === undefined ? undefined : parse(text);
}

/** Keeps a record, while nobody else builds the same component. Ends with the process, however that ends. */
export interface HeldRecord extends Disposable {
  write(record: BuildRecord): Promise<void>;
}

/** Waits until nobody else builds a component. @throws {BuildError} when nothing can be written there. */
export async function holdRecord(component: string): Promise<HeldRecord> {
  const file = await openRecord(recordPath(component)).catch(cannotWrite(component));
  try {
    await file.lock(true);
  } catch (error) {
    file.close();
    throw error;
  }
  return {
    async write(record) {
      const bytes = new TextEncoder().encode(JSON.stringify(record, null, 2) + "\n");
      // Whoever reads half of it takes it for nothing, and builds.
      await file.truncate(0);
      await file.seek(0, Deno.SeekMode.Start);
      for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
    },
    [Symbol.dispose]: () => file.close(),
  };
}

async function openRecord(path: string): Promise<Deno.FsFile> {
  await Deno.mkdir(dirname(path), { recursive: true });
  return await Deno.open(path, { read: true, write: true, create: true });
}

function parse(text: string): BuildRecord | undefined {
  try {
    return RecordSchema.parse(JSON.parse(text));
  } catch (error) {
    // Empty, cut short, or of another version: there is nothing to be learned from it.
    if (error instanceof SyntaxError || error instanceof z.ZodError) return undefined;
    throw error;
  }
}
