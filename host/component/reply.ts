/**
 * The answer of the sandbox that inspects and transpiles, as the host takes it: what a component made of it is not to be
 * trusted.
 *
 * @module
 */

import { z } from "zod";
import type { Facts } from "./facts.ts";
import type { Restorable } from "./restore/make_restorable.ts";

const Name = z.string().max(1_000);
const Names = z.array(Name).max(1_000).readonly();
const Type = z.string().max(2_000);
const Sort = z.enum(["function", "type", "instance"]);

/** Facts, as they come from outside of this process. */
export const FactsSchema: z.ZodType<Facts> = z.strictObject({
  kind: z.enum(["component", "module", "not-wasm"]),
  malformed: Name,
  excess: Name,
  badNames: Names,
  largestFunction: z.number().min(0),
  initialMemory: z.number().min(0),
  tableEntries: z.number().min(0),
  ownResources: z.boolean(),
  imports: z.array(z.strictObject({
    name: Name,
    sort: Sort,
    members: z.array(z.tuple([Name, Type]).readonly()).readonly(),
  })).readonly(),
  exports: z.array(z.strictObject({ name: Name, sort: Sort, type: Type })).readonly(),
});

/** Whether instances can be restored, as it comes from outside of this process. */
export const RestorableSchema: z.ZodType<Restorable> = z.union([
  z.strictObject({ prefix: z.string().regex(/^[a-z0-9-]{20,100}$/) }),
  z.strictObject({ why: Name }),
]);

/** The names that jco gives to what it makes. */
export const FileName: z.ZodType<string> = z.string().regex(/^component\.(js|core\d{0,4}\.wasm)$/);

/** The first part of the answer, JSON; the files are the other parts, in the order of their names. */
export const ReplySchema: z.ZodType<Reply> = z.strictObject({
  facts: FactsSchema,
  imports: Names,
  exports: Names,
  files: z.array(FileName).readonly(),
  restorable: RestorableSchema,
  problem: Name,
});

/** What the sandbox says. */
export interface Reply {
  readonly facts: Facts;
  /** What jco found the component to import: interfaces, without versions. */
  readonly imports: readonly string[];
  /** What jco found it to export. */
  readonly exports: readonly string[];
  readonly files: readonly string[];
  readonly restorable: Restorable;
  /** Why there are no files although nothing speaks against the component; empty when there are. */
  readonly problem: string;
}
