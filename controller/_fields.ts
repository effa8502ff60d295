/**
 * Kinds of fields that resources are made of, each with a message that says what it has to be.
 *
 * @module
 */

import { isActorName, isReservedName } from "@troupe/host/actor_name";
import { z } from "zod";
import { bytesOf, millisecondsOf, rateOf } from "./units.ts";

/** A message for a field that is missing, or of another type. */
export function wants(what: string) {
  return {
    error: ({ input }: { input: unknown }) =>
      input === undefined ? `is missing: it has to be ${what}` : `has to be ${what}`,
  };
}

/** One text and no other. */
export function literal<T extends string>(value: T) {
  return z.literal(value, wants(JSON.stringify(value)));
}

/** An object that has these fields and no others. */
export function object<T extends z.core.$ZodLooseShape>(shape: T, what: string) {
  return z.strictObject(shape, wants(what));
}

/** What can be of several kinds, of which the input shows which: what is wrong is what is wrong with that one. */
export function kindOf<T>(schemaFor: (input: unknown) => z.ZodType<T>) {
  return z.unknown().transform((input, context): T => {
    const { data, error } = schemaFor(input).safeParse(input);
    if (!error) return data;
    for (const issue of error.issues) context.issues.push({ ...issue, input } as z.core.$ZodRawIssue);
    return z.NEVER;
  });
}

/** A size; parsed into bytes. */
export function bytes({ least, most }: { least: number; most: number }) {
  const what = `a size, such as 128Mi, 64Ki or 1000 (bytes)`;
  return z.union([z.string(), z.number()], wants(what)).transform((input, context) => {
    const value = bytesOf(String(input));
    const problem = value === undefined
      ? `has to be ${what}`
      : value < least || value > most
      ? `has to be between ${least} and ${most} bytes`
      : undefined;
    if (problem === undefined) return value as number;
    context.addIssue({ code: "custom", message: problem });
    return z.NEVER;
  });
}

/** A time; parsed into milliseconds. */
export function duration({ least, most }: { least: number; most: number }) {
  const what = "a time with its unit, such as 30s, 500ms or 1m30s";
  return z.string(wants(what)).transform((input, context) => {
    const value = millisecondsOf(input);
    const problem = value === undefined
      ? `has to be ${what}`
      : value < least || value > most
      ? `has to be between ${least}ms and ${most / 3_600_000}h`
      : undefined;
    if (problem === undefined) return value as number;
    context.addIssue({ code: "custom", message: problem });
    return z.NEVER;
  });
}

const A_RATE =
  "a rate, such as 100/m: so many hops, 1 at least, a second (s), minute (m), hour (h) or day (d)";

/** A rate; parsed into a count and a time. */
export const rate = z.string(wants(A_RATE)).transform((input, context) => {
  const value = rateOf(input);
  if (value) return value;
  context.addIssue({ code: "custom", message: `has to be ${A_RATE}` });
  return z.NEVER;
});

/** A whole number. */
export function count({ least, most }: { least: number; most: number }) {
  const what = `a whole number between ${least} and ${most}`;
  return z.number(wants(what)).refine(
    (value) => Number.isInteger(value) && value >= least && value <= most,
    { error: `has to be ${what}` },
  );
}

/** The name of an actor that is not of the crew. */
export const actorName = z.string(wants("a name")).superRefine((name, context) => {
  const problem = !isActorName(name)
    ? "has to be a DNS label: up to 63 lower-case letters, digits and hyphens, with no hyphen at either end"
    : isReservedName(name)
    ? 'may not begin with "x-": these names are the crew\'s'
    : undefined;
  if (problem) context.addIssue({ code: "custom", message: problem });
});
