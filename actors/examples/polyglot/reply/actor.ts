/**
 * Writes the draft of a reply, for a person to look over and send.
 *
 * @module
 */

import { get, type Steps } from "@troupe/sdk";
import * as z from "zod/mini";
import { languageOf, render, TEMPLATES } from "./templates.ts";

/** What this actor reads of a mail; whatever else the actors before it have found goes on as it is. */
const Mail = z.looseObject({
  id: z.string(),
  from: z.string(),
  subject: z.optional(z.string()),
  topic: z.optional(z.enum(["orders", "billing", "outage", "other"])),
  order: z.optional(z.object({
    number: z.string().check(z.regex(/^ORD-\d{5}$/)),
    amount: z.optional(z.string()),
    date: z.optional(z.iso.date()),
  })),
});

/** What can be sent as it is: it is to somebody, not too long, and nothing in it was left to be filled in. */
const Draft = z.object({
  to: z.string().check(z.regex(/^[^@\s]+@[^@\s]+$/)),
  subject: z.string().check(z.maxLength(200)),
  text: z.string().check(z.minLength(1), z.maxLength(2_000), z.refine((text) => !/[{}]/.test(text))),
});

/** A reply that a person can send. */
export type Draft = z.infer<typeof Draft>;

/** Adds the draft to the mail. */
export function* handle(payload: unknown): Steps {
  const mail = Mail.parse(payload);
  const { subject = "", topic = "other", order } = mail;
  const language = languageOf(yield* get<string>(".headers.lang"));
  const { [topic]: withoutOrder, order: withOrder, greeting } = TEMPLATES[language];
  const text = render(order ? withOrder : withoutOrder, { greeting, ...order });
  const answer = /^(re|aw):/i.test(subject) ? subject : `Re: ${subject}`;
  yield { ...mail, draft: Draft.parse({ to: mail.from, subject: answer.slice(0, 200), text }) };
}
