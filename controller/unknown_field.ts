/**
 * What to say of a field that an Actor does not have.
 *
 * @module
 */

import type { z } from "zod";
import { type FieldSchema, fieldSchemaOf } from "./crd/json_schema.ts";
import { nearest } from "./nearest.ts";
import { ActorResource, ELSEWHERE, NOT_YET } from "./resource.ts";

/**
 * What to say of a field that an Actor does not have.
 *
 * @param within The object that it is in, such as `spec.grants.http[0]`.
 */
export function unknownActorField(key: string, within: string): string {
  const path = within === "" ? key : `${within}.${key}`;
  if (NOT_YET.has(path)) return "is not supported by this version of Troupe: remove it";
  const place = ELSEWHERE.get(path);
  if (place !== undefined) return place;
  const known = Object.keys(at(fieldSchemaOf(ActorResource as z.ZodType), within)?.properties ?? {});
  const meant = nearest(key, known);
  const advice = meant === undefined ? `the fields here are ${known.join(", ")}` : `did you mean ${meant}?`;
  return `is not a field of an Actor; ${advice}`;
}

/** The schema of an object. What people named may hold dots, so every way to part the path is tried. */
function at(schema: FieldSchema | undefined, path: string): FieldSchema | undefined {
  if (!schema || path === "") return schema;
  const index = /^\[\d+\]\.?/.exec(path)?.[0];
  if (index !== undefined) return at(schema.items, path.slice(index.length));
  const name = /^[^.[]+/.exec(path)?.[0] ?? "";
  const property = schema.properties?.[name];
  if (property) return at(property, path.slice(name.length).replace(/^\./, ""));
  const entries = schema.additionalProperties;
  if (!entries) return undefined;
  for (let end = path.indexOf("."); end !== -1; end = path.indexOf(".", end + 1)) {
    const found = at(entries, path.slice(end + 1));
    if (found) return found;
  }
  return entries;
}
