/**
 * What an actor written in JavaScript or TypeScript imports as `@troupe/sdk`.
 *
 * An actor is a module that exports one function named `handle` (or a default export): from payload to payload, or a
 * generator that yields payloads and verbs.
 *
 * @example A plain function
 * ```ts
 * export function handle(task: { text: string }) {
 *   return { ...task, words: task.text.split(/\s+/).length };
 * }
 * ```
 *
 * @example A generator
 * ```ts
 * import { get, set, type Steps } from "@troupe/sdk";
 *
 * export function* handle(task: { text: string }): Steps {
 *   const lang = yield* get<string>(".headers.lang");
 *   if (lang !== "en") yield set(".route.next[:0]", ["translate"]);
 *   for (const line of task.text.split("\n")) yield { line };
 * }
 * ```
 *
 * @example A schema, and something to wait for
 * ```ts
 * import { actor } from "@troupe/sdk";
 * import * as z from "zod/mini";
 *
 * const Task = z.object({ text: z.string() });
 *
 * const handle = actor(Task, async ({ text }) => {
 *   await new Promise((resolve) => setTimeout(resolve, 100));
 *   return text;
 * });
 * ```
 *
 * @module
 */

export { actor, PayloadError, type PayloadSchema, type SchemaIssue, type SchemaResult } from "./actor.ts";
export type { LogLevel } from "./calls.ts";
export { AwaitError, Fatal, NotYieldedError, RefusedError, RetryAfter } from "./errors.ts";
export type { Handler } from "./handler.ts";
export { type Json, NotJsonError } from "./json.ts";
export { log, type Mesh, mesh } from "./mesh.ts";
export { type AsyncSteps, del, emit, fly, get, set, type Steps, Verb, type VerbCall } from "./verbs.ts";
