/**
 * Which transport a mesh's state belongs to, as it is noted beside it: so that commands find its queues, and that nobody
 * starts it on other queues by mistake while envelopes wait in these.
 *
 * @module
 */

import { TroupeError } from "@troupe/host/errors";
import { showAddress } from "@troupe/host/transport/open";
import { dirname } from "@std/path";
import { z } from "zod";

/** What stands for the embedded transport in the state's own folder. */
export const EMBEDDED = "embedded";

/** The state belongs to a mesh on another transport. */
export class OtherTransportError extends TroupeError {
  /** @param note The file in which the transport is noted. */
  constructor(note: string, { noted, wanted }: { readonly noted: string; readonly wanted: string }) {
    super(
      "troupe.OtherTransport",
      "user",
      `The state in ${
        dirname(note)
      } belongs to a mesh on ${noted}, where envelopes may wait, and not on ${wanted}: ` +
        `name that transport, or another folder with --data; to move the state, work off what waits ` +
        `(troupe up DIR --until-idle --transport ${noted}) and remove ${note}`,
    );
  }
}

const Note = z.object({ transport: z.string().min(1) });

/** The address that is noted, without user and password; undefined when none is. */
export async function readNote(file: string): Promise<string | undefined> {
  let text: string;
  try {
    text = await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  try {
    return Note.parse(JSON.parse(text)).transport;
  } catch (cause) {
    throw new TroupeError(
      "troupe.BadNote",
      "user",
      `${file} cannot be read: remove it, and name the transport again`,
      {
        cause,
      },
    );
  }
}

/** Notes an address, without user and password. */
export async function writeNote(file: string, address: string): Promise<void> {
  const temporary = `${file}.${crypto.randomUUID()}`;
  await Deno.writeTextFile(temporary, `${JSON.stringify({ transport: showAddress(address) })}\n`);
  await Deno.rename(temporary, file);
}
