/**
 * Kinds of fields that resources are made of, each with a message that says what it has to be. What bounds them holds for an
 * API server too: it estimates what its checks may cost by the longest text, list and map that there can be.
 *
 * @module
 */

import { isActorName, isReservedName } from "@troupe/host/actor_name";
import { z } from "zod";
import { type Rule, withKind, withLongForm, withOverrides, withRules } from "./_schema.ts";
import { bytesOf, millisecondsOf, rateOf, sizeText, timeText } from "./units.ts";

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

/**
 * What can be of several kinds, of which the input shows which: what is wrong is what is wrong with that one.
 *
 * @param long The kind that API servers take.
 */
export function kindOf<T>(schemaFor: (input: unknown) => z.ZodType<T>, long: z.ZodType) {
  const schema = z.unknown().transform((input, context): T => {
    const { data, error } = schemaFor(input).safeParse(input);
    if (!error) return data;
    for (const issue of error.issues) context.issues.push({ ...issue, input } as z.core.$ZodRawIssue);
    return z.NEVER;
  });
  return withLongForm(schema, long);
}

/** A text of a bounded length. @param what Such as `a path`. */
export function text(what: string, { most, least = 0 }: { readonly most: number; readonly least?: number }) {
  const bounded = z.string(wants(what)).max(most, {
    error: `has to be ${what} of at most ${most} characters`,
  });
  return least === 0 ? bounded : bounded.min(least, { error: `has to be ${what}` });
}

/**
 * A text of a certain form.
 *
 * @param pattern A regular expression that RE2 and JavaScript read alike, without single quotes.
 */
export function matching(
  pattern: string,
  { what, most }: { readonly what: string; readonly most: number },
) {
  const message = `has to be ${what}`;
  const shape = new RegExp(pattern);
  return withRules(z.string(wants(what)).max(most, { error: message, abort: true }), [
    { cel: `self.matches(r'${pattern}')`, message, holds: (given) => shape.test(given) },
  ]);
}

/** A list of a bounded length. */
export function list<S extends z.ZodType>(
  item: S,
  { what, most, least = 0 }: { readonly what: string; readonly most: number; readonly least?: number },
) {
  const bounded = z.array(item, wants(what)).max(most, { error: `has to have ${most} entries at most` });
  return least === 0 ? bounded : bounded.min(least, { error: `has to be ${what}` });
}

/** A map of a bounded size. */
export function map<K extends z.ZodType<string, string>, V extends z.ZodType>(
  key: K,
  value: V,
  { what, most }: { readonly what: string; readonly most: number },
) {
  const bounded = z.record(key, value, wants(what)).refine((given) => Object.keys(given).length <= most, {
    error: `has to have ${most} entries at most`,
  });
  return withOverrides(bounded, { maxProperties: most });
}

const SIZE = "^[0-9]{1,15}(([.][0-9]{1,6})?(k|M|G|Ki|Mi|Gi))?$";

/** A size; parsed into bytes. */
export function bytes({ least, most }: { readonly least: number; readonly most: number }) {
  const message = `has to be a size, such as 128Mi, 64Ki or 1000 (bytes), between ${sizeText(least)} and ${
    sizeText(most)
  }`;
  const schema = z.union([z.string(), z.number()], wants(message.replace("has to be ", ""))).transform(
    (input, context) => {
      const value = bytesOf(String(input));
      if (value !== undefined && value >= least && value <= most) return value;
      context.addIssue({ code: "custom", message });
      return z.NEVER;
    },
  );
  const size = "quantity(string(self))";
  const cel =
    `string(self).matches(r'${SIZE}') && ${size}.compareTo(quantity('${sizeText(least)}')) >= 0 && ` +
    `${size}.compareTo(quantity('${sizeText(most)}')) <= 0`;
  return withOverrides(withKind(withRules(schema, [{ cel, message }]), "size"), {
    "x-kubernetes-int-or-string": true,
    maxLength: 24,
  });
}

const TIME = "^([0-9]{1,6}([.][0-9]{1,6})?(ms|s|m|h)){1,4}$";
const WHOLE_SECONDS = "^([0-9]{1,6}(s|m|h)){1,3}$";

/** A time; parsed into milliseconds. */
export function duration(
  { least, most, wholeSeconds = false }: {
    readonly least: number;
    readonly most: number;
    readonly wholeSeconds?: boolean;
  },
) {
  const kind = wholeSeconds
    ? "a time in whole seconds with its unit, such as 30s or 2m"
    : "a time with its unit, such as 30s, 500ms or 1m30s";
  const what = `${kind}, between ${timeText(least)} and ${timeText(most)}`;
  const pattern = wholeSeconds ? WHOLE_SECONDS : TIME;
  const shape = new RegExp(pattern);
  const schema = text(what, { most: 48 }).transform((input, context) => {
    const value = shape.test(input) ? millisecondsOf(input) : undefined;
    if (value !== undefined && value >= least && value <= most) return value;
    context.addIssue({ code: "custom", message: `has to be ${what}` });
    return z.NEVER;
  });
  const cel = `self.matches(r'${pattern}') && duration(self) >= duration('${timeText(least)}') && ` +
    `duration(self) <= duration('${timeText(most)}')`;
  return withKind(withRules(schema, [{ cel, message: `has to be ${what}` }]), "time");
}

const A_RATE =
  "a rate, such as 100/m: so many hops, 1 at least, a second (s), minute (m), hour (h) or day (d)";

/** A rate; parsed into a count and a time. */
export const rate = withRules(
  text(A_RATE, { most: 16 }).transform((input, context) => {
    const value = rateOf(input);
    if (value) return value;
    context.addIssue({ code: "custom", message: `has to be ${A_RATE}` });
    return z.NEVER;
  }),
  [{
    cel: "self.matches(r'^0*[1-9][0-9]{0,8}/[smhd]$') && self.size() <= 11",
    message: `has to be ${A_RATE}`,
  }],
);

/** A whole number. */
export function count({ least, most }: { readonly least: number; readonly most: number }) {
  const what = `a whole number between ${least} and ${most}`;
  const schema = z.number(wants(what)).refine(
    (value) => Number.isInteger(value) && value >= least && value <= most,
    { error: `has to be ${what}` },
  );
  return withOverrides(schema, { type: "integer", format: "int64", minimum: least, maximum: most });
}

/** Yes or no. */
export function flag() {
  return z.boolean(wants("true or false"));
}

/** One of some words. */
export function word<const T extends readonly [string, string, ...string[]]>(words: T) {
  const last = words[words.length - 1] as string;
  return z.enum(words, wants(`${words.slice(0, -1).join(", ")} or ${last}`));
}

const LABEL = "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$";
const A_LABEL = "up to 63 lower-case letters, digits and hyphens, with no hyphen at either end";

/** What has to hold of the name of an actor that is not of the crew, wherever it is written. */
export const NAME_RULES: readonly (Rule<string> & { readonly about: (self: string) => string })[] = [
  {
    about: (self: string) => `${self}.matches(r'${LABEL}')`,
    holds: isActorName,
    message: `has to be a DNS label: ${A_LABEL}`,
  },
  {
    about: (self: string) => `!${self}.startsWith('x-')`,
    holds: (name: string) => !isReservedName(name),
    message: 'may not begin with "x-": these names are the crew\'s',
  },
].map((rule) => ({ ...rule, cel: rule.about("self") }));

/** The name of an actor that is not of the crew. */
export const actorName = withRules(text("a name", { most: 63 }), NAME_RULES);

/** The name of an object of Kubernetes, such as a Secret. */
export function objectName(kind: string) {
  return matching("^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$", {
    what: `the name of ${kind}: lower-case letters, digits, hyphens and dots`,
    most: 253,
  });
}

/** The name of an entry of a Secret or a ConfigMap. */
export const dataKey = matching("^[A-Za-z0-9._-]{1,253}$", {
  what: "the name of an entry: letters, digits, dots, hyphens and underscores",
  most: 253,
});
