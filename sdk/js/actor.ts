/**
 * Handlers whose payload is parsed by a schema.
 *
 * @module
 */

/**
 * A schema of any library that follows Standard Schema (https://standardschema.dev): zod, and others.
 */
export interface PayloadSchema<In, Out> {
  readonly "~standard": {
    readonly validate: (value: unknown) => SchemaResult<Out> | Promise<SchemaResult<Out>>;
    readonly types?: { readonly input: In; readonly output: Out } | undefined;
  };
}

/** What a schema comes to. */
export type SchemaResult<Out> =
  | { readonly value: Out; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** Something that does not fit. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** A payload that does not fit the actor's schema. */
export class PayloadError extends Error {
  override readonly name = "PayloadError";
  /** What does not fit, and where in the payload. */
  readonly details: {
    readonly issues: readonly { readonly path: readonly (string | number)[]; readonly message: string }[];
  };

  /** @param issues As the schema gives them. */
  constructor(issues: readonly SchemaIssue[]) {
    const told = issues.map(({ path = [], message }) => ({ path: path.map(keyOf), message }));
    const lines = told.map(({ path, message }) =>
      path.length > 0 ? `${path.join(".")}: ${message}` : message
    );
    super(`the payload does not fit: ${lines.join("; ")}`);
    this.details = { issues: told };
  }
}

/**
 * Makes a handler of a schema and a function, which gets what the schema makes of the payload. A payload that does not fit
 * fails the hop with a {@linkcode PayloadError}.
 *
 * @param schema What the payload has to be.
 * @param handle A handler of any kind.
 *
 * @example
 * ```ts
 * import { actor, set } from "@troupe/sdk";
 * import { run } from "@troupe/sdk/testing";
 * import * as z from "zod/mini";
 * import { assertEquals } from "@std/assert";
 *
 * const Task = z.object({ text: z.string(), lang: z._default(z.string(), "en") });
 *
 * const handle = actor(Task, function* ({ text, lang }) {
 *   yield set(".headers.lang", lang);
 *   yield { words: text.split(" ").length };
 * });
 *
 * assertEquals(run(handle, { text: "to be" }).payloads, [{ words: 2 }]);
 * const { failure } = run(handle, { text: 1 } as never);
 * assertEquals(failure?.kind, "PayloadError");
 * assertEquals(JSON.parse(failure?.details ?? "").issues[0].path, ["text"]);
 * ```
 */
export function actor<In, Out, Result>(
  schema: PayloadSchema<In, Out>,
  handle: (payload: Out) => Result,
): (payload: In) => Result {
  return (payload) => {
    const result = schema["~standard"].validate(payload);
    if (result instanceof Promise) {
      throw new TypeError(
        "the schema has something asynchronous: parse the payload with it in an async handler instead",
      );
    }
    if (result.issues) throw new PayloadError(result.issues);
    return handle(result.value);
  };
}

function keyOf(part: PropertyKey | { readonly key: PropertyKey }): string | number {
  const key = typeof part === "object" ? part.key : part;
  return typeof key === "number" ? key : String(key);
}
