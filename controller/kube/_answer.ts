/**
 * The edge at which answers become values of known shape.
 *
 * @module
 */

import type { z } from "zod";
import { KubeError } from "./errors.ts";

/**
 * Reads an answer.
 *
 * @throws {KubeError} `troupe.KubeBadAnswer`, with where it is not what the interface promises.
 */
export function parseAnswer<S extends z.ZodType>(schema: S, answer: unknown, call: string): z.infer<S> {
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const message = `${call}: the answer has at ${issue?.path.join(".") || "its root"}: ${issue?.message}`;
  throw new KubeError("troupe.KubeBadAnswer", message, { cause: result.error });
}
