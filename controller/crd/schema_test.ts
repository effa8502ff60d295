import { assertEquals, assertThrows } from "@std/assert";
import { z } from "zod";
import { actorSchema } from "./actor_schema.ts";
import { type FieldSchema, fieldSchemaOf } from "./json_schema.ts";

type Found = readonly [path: string, schema: FieldSchema];

function* fields(schema: FieldSchema, path = ""): Generator<Found> {
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const at = path === "" ? name : `${path}.${name}`;
    yield [at, property];
    yield* fields(property, at);
  }
  for (const [part, mark] of [[schema.items, "[]"], [schema.additionalProperties, ".*"]] as const) {
    if (part) yield* fields(part, `${path}${mark}`);
  }
}

const ALL = [...fields(actorSchema())].filter(([path]) => /^(spec|status)\b/.test(path));

Deno.test("every field says what it is, in a sentence", () => {
  const silent = ALL.filter(([, { description = "" }]) => !/^\S.*[.]$/s.test(description)).map(([path]) =>
    path
  );
  assertEquals(silent, []);
});

Deno.test("everything has a bound, as rules may cost no more than what they look at allows", () => {
  const bounded = (schema: FieldSchema): boolean => {
    const { type, maxLength, maxItems, maxProperties, format, items, additionalProperties } = schema;
    if (items) return maxItems !== undefined && bounded(items);
    if (additionalProperties) return maxProperties !== undefined && bounded(additionalProperties);
    if (schema["x-kubernetes-int-or-string"]) return maxLength !== undefined;
    return type !== "string" || maxLength !== undefined || schema.enum !== undefined ||
      format === "date-time";
  };
  assertEquals(ALL.filter(([, schema]) => !bounded(schema)).map(([path]) => path), []);
});

Deno.test("what has no structural form is named", () => {
  const schema = z.object({
    a: z.object({ b: z.union([z.object({ c: z.string() }), z.array(z.string())]) }),
  });
  assertThrows(() => fieldSchemaOf(schema), TypeError, "a.b has anyOf");
});
