/**
 * From where a component is to what a stage can run.
 *
 * @module
 */

import { join } from "@std/path";
import { grantedBy, type Grants } from "../grants.ts";
import { DEFAULT_LIMITS, type Limits } from "../limits.ts";
import { isBlocking } from "./blocking.ts";
import { ComponentCache } from "./cache.ts";
import type { ComponentSource, Inspection, PreparedComponent } from "./component.ts";
import { digestOf } from "./digest.ts";
import { ComponentRefusedError } from "./errors.ts";
import { describeSource, readComponent, type ReadOptions } from "./read.ts";
import { identifyOci } from "./oci_manifest.ts";
import { toolVersion } from "./tools.ts";
import {
  GENERATE_OPTIONS,
  transpile,
  type TranspileBounds,
  type Transpiled,
  type TranspiledFiles,
} from "./transpile.ts";
import { BASELINE_FUNCTION_BYTES, judge } from "./verdict.ts";

/** What a component is prepared for. */
export interface PrepareOptions {
  /** Folder for what is transpiled, and for the code of the sandbox. */
  readonly cacheDir: string;
  readonly grants: Grants;
  /** @default the default limits */
  readonly limits?: Pick<Limits, "memoryBytes">;
  /** How the bytes are read. @default those of {@linkcode ReadOptions} */
  readonly read?: ReadOptions;
  /** Bounds of the sandbox. @default those of {@linkcode TranspileBounds} */
  readonly bounds?: TranspileBounds;
  /** Told what a person should know although it was dealt with. @default nothing is done */
  readonly onWarning?: (message: string) => void;
}

/** Version of our own part in what is cached: the form of the entries, and what facts are found, and how. */
const FORMAT = 5;

/**
 * Reads, inspects and transpiles a component; what was made before comes from the cache, and is judged anew.
 *
 * @throws {ComponentSourceError} when it cannot be had; {@linkcode RegistryError} of a registry.
 * @throws {ComponentRefusedError} when it may not run.
 * @throws {TranspileError} when that takes more than its bounds.
 */
export async function prepareComponent(
  source: ComponentSource,
  options: PrepareOptions,
): Promise<PreparedComponent> {
  const { inspection, files, blocking } = await obtain(source, options);
  if (inspection.refusals.length > 0 || !files) {
    throw new ComponentRefusedError(describeSource(source), inspection);
  }
  return {
    digest: inspection.digest,
    glue: files.glue.bytes,
    modules: files.modules,
    baselineOnly: inspection.largestFunction > BASELINE_FUNCTION_BYTES,
    blocking,
    uses: new Set(inspection.imports.flatMap(({ grant }) => grant ?? [])),
    restorable: files.restorable,
  };
}

/**
 * Inspects a component, as {@linkcode prepareComponent} does, and says what comes of it: a component without refusals is
 * one that can be prepared. Nothing of it is run.
 *
 * @throws {ComponentSourceError} when it cannot be had; {@linkcode RegistryError} of a registry. What is wrong with it is
 * in the answer.
 * @throws {TranspileError} when that takes more than its bounds.
 *
 * @example
 * ```ts
 * import { inspect } from "@troupe/host/component/prepare";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${folder}/actor.wasm`, "export function handle() {}");
 * const source = { kind: "file", path: `${folder}/actor.wasm` } as const;
 * const { refusals } = await inspect(source, { cacheDir: folder, grants: { route: [] } });
 * assertEquals(refusals[0]?.code, "troupe.NotWasm");
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function inspect(source: ComponentSource, options: PrepareOptions): Promise<Inspection> {
  return (await obtain(source, options)).inspection;
}

/** What there is of a component: the verdict, and what it became unless it is refused. */
interface Obtained {
  readonly inspection: Inspection;
  readonly files?: TranspiledFiles;
  /** Whether its guest may have to wait for the host. */
  readonly blocking: boolean;
}

/** What there is of a component for any actor, from the cache or made now. */
interface Made extends Transpiled {
  readonly size: number;
}

const ENCODER = new TextEncoder();

async function obtain(source: ComponentSource, options: PrepareOptions): Promise<Obtained> {
  const { cacheDir, grants, limits = DEFAULT_LIMITS, onWarning = () => {} } = options;
  const { digest, bytes } = await identify(source, options);
  const versions = JSON.stringify([digest, await toolVersion(), FORMAT, GENERATE_OPTIONS]);
  const key = await digestOf(ENCODER.encode(versions));
  const cache = new ComponentCache(join(cacheDir, "components"), { onWarning });
  const { size, facts, files, refusal } = await once(
    `${key} ${cacheDir}`,
    async () => await cache.read(key) ?? await make(await bytes(), { source, options, cache, key }),
  );
  const judged = judge(facts, { digest, size, granted: grantedBy(grants), limits });
  const inspection = {
    ...judged,
    ...(files ? { restorable: files.restorable } : {}),
    refusals: refusal ? [...judged.refusals, refusal] : judged.refusals,
  };
  return { inspection, ...(files ? { files } : {}), blocking: isBlocking(facts.imports) };
}

/** The digest of a component, and how to come to its bytes. */
export interface Identified {
  /** SHA-256, in hex. */
  readonly digest: string;
  readonly bytes: () => Promise<Uint8Array<ArrayBuffer>>;
}

async function identify(
  source: ComponentSource,
  { read = {}, cacheDir, onWarning = () => {} }: PrepareOptions,
): Promise<Identified> {
  // A download is what its digest says or nothing: one that is in the cache need not be made again.
  if (source.kind === "https") {
    return { digest: source.sha256.toLowerCase(), bytes: () => readComponent(source, read) };
  }
  if (source.kind === "oci") return await identifyOci(source, { read, cacheDir, onWarning });
  const bytes = await readComponent(source, read);
  return { digest: await digestOf(bytes), bytes: () => Promise.resolve(bytes) };
}

async function make(
  bytes: Uint8Array<ArrayBuffer>,
  { source, options, cache, key }: {
    readonly source: ComponentSource;
    readonly options: PrepareOptions;
    readonly cache: ComponentCache;
    readonly key: string;
  },
): Promise<Made> {
  const { cacheDir, bounds = {}, onWarning } = options;
  const size = bytes.length;
  const transpiled = await transpile(bytes, { cacheDir, bounds, from: describeSource(source) });
  const { facts, files } = transpiled;
  if (files) {
    await cache.write(key, { size, facts, files }).catch((error: unknown) => {
      // It can be used all the same; the next start takes longer.
      onWarning?.(`The transpiled component cannot be kept below ${cacheDir}: ${error}`);
    });
  }
  return { ...transpiled, size };
}

const underWay = new Map<string, Promise<Made>>();

/** Several actors of one process may share a component, which is then made once. */
function once(key: string, make: () => Promise<Made>): Promise<Made> {
  const running = underWay.get(key);
  if (running) return running;
  const made = make().finally(() => underWay.delete(key));
  underWay.set(key, made);
  return made;
}
