/**
 * Files beside a mesh's state, each of which notes one address.
 *
 * @module
 */

import { TroupeError } from "@troupe/host/errors";
import { z } from "zod";

/** What a note is about. */
export type NoteSubject = "transport" | "store" | "objects";

/** The address that is noted; undefined when none is. */
export async function readNote(file: string, subject: NoteSubject): Promise<string | undefined> {
  let text: string;
  try {
    text = await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  try {
    return z.record(z.string(), z.string().min(1)).parse(JSON.parse(text))[subject];
  } catch (cause) {
    throw new TroupeError(
      "troupe.BadNote",
      "user",
      `${file} cannot be read: remove it, and name the ${subject} again`,
      { cause },
    );
  }
}

/** Notes an address, which holds no password. */
export async function writeNote(file: string, subject: NoteSubject, address: string): Promise<void> {
  const temporary = `${file}.${crypto.randomUUID()}`;
  await Deno.writeTextFile(temporary, `${JSON.stringify({ [subject]: address })}\n`);
  await Deno.rename(temporary, file);
}
