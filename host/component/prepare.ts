/**
 * From where a component is to what a stage can run.
 *
 * @module
 */

import { join } from "@std/path";
import type { Grants, Limits } from "../limits.ts";
import { ComponentCache } from "./cache.ts";
import type { ComponentSource, Inspection, PreparedComponent } from "./component.ts";
import { ComponentRefusedError, TranspileError } from "./errors.ts";
import { describeSource, digestOf, readComponent } from "./read.ts";
import { JCO_VERSION } from "./tools.ts";
import { GENERATE_OPTIONS, transpile, type Transpiled } from "./transpile.ts";
import { BASELINE_FUNCTION_BYTES, judge } from "./verdict.ts";

/** What a component is prepared for. */
export interface PrepareOptions {
  /** Folder for what is transpiled, and for the code of the sandbox. */
  readonly cacheDir: string;
  readonly grants: Grants;
  readonly limits: Pick<Limits, "memoryBytes">;
  /** Told what a person should know although it was dealt with. @default nothing is done */
  readonly onWarning?: (message: string) => void;
}

/** Version of our own part in what is cached. */
const FORMAT = 1;

const underWay = new Map<string, Promise<Transpiled>>();

/**
 * Reads, inspects and transpiles a component; what was made before comes from the cache.
 *
 * @throws {ComponentSourceError} when it cannot be had.
 * @throws {ComponentRefusedError} when it may not run.
 * @throws {TranspileError} when it cannot be transpiled within bounds.
 */
export async function prepareComponent(
  source: ComponentSource,
  options: PrepareOptions,
): Promise<PreparedComponent> {
  const bytes = await readComponent(source);
  const from = describeSource(source);
  const digest = await digestOf(bytes);
  const { facts, glue, modules } = await once(digest, () => obtain(bytes, { ...options, from, digest }));
  const inspection = judge(facts, { ...options, digest, size: bytes.length });
  if (inspection.refusals.length > 0) throw new ComponentRefusedError(from, inspection);
  if (!glue) throw new TranspileError(from, "there is no glue");
  return { digest, glue, modules, baselineOnly: facts.largestFunction > BASELINE_FUNCTION_BYTES };
}

/**
 * Inspects a component without preparing it.
 *
 * @throws {ComponentSourceError} when it cannot be had. What is wrong with it is in the answer.
 */
export async function inspectComponent(
  source: ComponentSource,
  options: PrepareOptions,
): Promise<Inspection> {
  const bytes = await readComponent(source);
  const from = describeSource(source);
  const { facts } = await transpile(bytes, { cacheDir: options.cacheDir, from, filesToo: false });
  return judge(facts, { ...options, digest: await digestOf(bytes), size: bytes.length });
}

async function obtain(
  bytes: Uint8Array,
  { cacheDir, onWarning = () => {}, from, digest }: PrepareOptions & { from: string; digest: string },
): Promise<Transpiled> {
  const cache = new ComponentCache(join(cacheDir, "components"), onWarning);
  const versions = JSON.stringify([digest, JCO_VERSION, FORMAT, GENERATE_OPTIONS]);
  const key = await digestOf(new TextEncoder().encode(versions));
  const cached = await cache.read(key);
  if (cached) return cached;
  const { facts, glue, modules } = await transpile(bytes, { cacheDir, from, filesToo: true });
  if (glue) await cache.write(key, { facts, glue, modules });
  return { facts, glue, modules };
}

/** Several actors of one process may share a component. */
function once(digest: string, make: () => Promise<Transpiled>): Promise<Transpiled> {
  const running = underWay.get(digest);
  if (running) return running;
  const made = make().finally(() => underWay.delete(digest));
  underWay.set(digest, made);
  return made;
}
