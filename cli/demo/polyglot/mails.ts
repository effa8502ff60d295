/**
 * The mails that are triaged, and the envelopes in which they are sent.
 *
 * @module
 */

import { z } from "zod";
import { UsageError } from "../../commands/usage_error.ts";
import type { Parcel } from "../sending.ts";

/** A mail as it was received; what else is in it is for the actors to read. */
const Mail = z.looseObject({ id: z.string() });

/** See {@linkcode readMails}. */
export type Mail = z.infer<typeof Mail>;

/** An envelope to be sent, and which mails are in it. */
export interface MailParcel extends Parcel {
  readonly mails: readonly string[];
}

/** The actors, in the order in which a mail comes to them. */
export const ACTORS: readonly string[] = ["open", "redact", "classify", "extract", "reply"];
/** Not in the route from the start: `classify` puts it there for mails that have an order. */
const LATER = "extract";
/** Mails that are sent in one envelope, where there is an actor that opens it. */
const BATCH = 10;

/**
 * Reads a file with one mail a line, as JSON.
 *
 * @throws {UsageError} when it cannot be read, a line is no mail, or two mails have the same id.
 */
export async function readMails(file: string): Promise<Mail[]> {
  const text = await Deno.readTextFile(file).catch((error: unknown) => {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
  const lines = new Map<string, number>();
  return text.split("\n").flatMap((line, i) => {
    if (line.trim() === "") return [];
    const mail = readMail(line, `${file}, line ${i + 1}`);
    const before = lines.get(mail.id);
    if (before !== undefined) {
      throw new UsageError(`${file}, line ${i + 1}: ${mail.id} is the id of the mail in line ${before}, too`);
    }
    lines.set(mail.id, i + 1);
    return [mail];
  });
}

function readMail(line: string, place: string): Mail {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new UsageError(`${place} is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const mail = Mail.safeParse(value);
  if (mail.success) return mail.data;
  throw new UsageError(`${place} is no mail, which is an object with an id: ${z.prettifyError(mail.error)}`);
}

/**
 * Puts mails into envelopes: in batches that `open` takes apart, or, without it, one by one as they are.
 *
 * @param without Actors that do not run: they are left out of the route, and the header `without` names them.
 */
export function parcelsOf(mails: readonly Mail[], without: readonly string[]): MailParcel[] {
  const route = ACTORS.filter((actor) => actor !== LATER && !without.includes(actor));
  const headers = { without: ACTORS.filter((actor) => without.includes(actor)) };
  if (!route.includes("open")) {
    return mails.map((mail) => ({
      name: `mail ${mail.id}`,
      route,
      headers,
      payload: mail,
      mails: [mail.id],
    }));
  }
  const batches = Array.from(
    { length: Math.ceil(mails.length / BATCH) },
    (_, i) => mails.slice(i * BATCH, (i + 1) * BATCH),
  );
  return batches.map((batch, i) => ({
    name: `batch ${i + 1}`,
    route,
    headers,
    payload: { mails: batch },
    mails: batch.map(({ id }) => id),
  }));
}
