/**
 * What a test and the process of the host under attack say to each other: one line of JSON each.
 *
 * @module
 */

import type { HttpRule } from "@troupe/host/egress";
import { z } from "zod";

const Start = z.strictObject({
  number: z.number(),
  do: z.literal("start"),
  name: z.string(),
  /** `component`: as every actor is run. `glue`, `sandbox`: as if one had got past the checks before it. */
  runs: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.enum(["component", "glue", "sandbox"]), path: z.string() }),
    z.strictObject({ kind: z.literal("download"), url: z.string(), sha256: z.string() }),
  ]),
  /** Those that are not the defaults. */
  limits: z.record(z.string(), z.number()),
  isolation: z.enum(["fresh", "reuse"]),
  /** Whether its glue answers with promises; for glue alone. */
  blocking: z.boolean(),
  /** Whether its instances may be restored, rather than made anew. */
  restore: z.boolean(),
  /** Actors that it may add to a route. */
  route: z.array(z.string()),
  /** Entries of the grant `http`. */
  http: z.array(z.custom<HttpRule>()).optional(),
});

/** Starts an actor. */
export type StartCommand = z.infer<typeof Start>;

/** What a host is told. */
export const Command = z.discriminatedUnion("do", [
  Start,
  z.strictObject({ number: z.number(), do: z.literal("stop"), name: z.string() }),
  z.strictObject({ number: z.number(), do: z.literal("pids"), name: z.string() }),
  z.strictObject({ number: z.number(), do: z.literal("measure") }),
]);
/** What a host is told. */
export type Command = z.infer<typeof Command>;

/** What it answers. */
export const Answer = z.strictObject({
  /** That of the command. */
  number: z.number(),
  /** Why it was not done: the error's stable code, and what it says. */
  code: z.string().optional(),
  message: z.string().optional(),
  pids: z.array(z.number()).optional(),
  /** Bytes of the host's heap and of what belongs to it, garbage collected. */
  heapBytes: z.number().optional(),
  openFiles: z.number().optional(),
});
/** What it answers. */
export type Answer = z.infer<typeof Answer>;
