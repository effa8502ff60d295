/**
 * Inspects and transpiles a component in a sandbox without permissions, within bounds of time, memory and output.
 *
 * @module
 */

import { z } from "zod";
import { bundleForSandbox } from "../sandbox/bundle.ts";
import { BoundedRunError, runBounded } from "./bounded_run.ts";
import type { Refusal } from "./component.ts";
import { TranspileError } from "./errors.ts";
import type { Facts } from "./facts.ts";
import { type Reply, ReplySchema } from "./reply.ts";
import type { Restorable } from "./restore/make_restorable.ts";
import { loadTool } from "./tools.ts";

/** Options for jco's `generate`; part of the key of everything that it made. */
export const GENERATE_OPTIONS = {
  name: "component",
  instantiation: { tag: "sync" },
  noNodejsCompat: true,
  noTypescript: true,
  tlaCompat: false,
  base64Cutoff: 0,
  validLiftingOptimization: false,
  tracing: false,
  noComponentErrorWrapping: true,
  noNamespacedExports: true,
  multiMemory: false,
};

/** Bounds of one transpilation: few bytes of a component can make megabytes of glue, or take a long time. */
export interface TranspileBounds {
  /** Wall time, in milliseconds. @default 30000 */
  readonly timeMs?: number;
  /** Memory of the sandbox beyond what it has when it is idle, in bytes. @default 1 GiB */
  readonly memoryBytes?: number;
  /** Bytes of the glue. @default 4 MiB */
  readonly glueBytes?: number;
  /** Bytes of everything that comes of it. @default 96 MiB */
  readonly outputBytes?: number;
}

const BOUNDS = {
  timeMs: 30_000,
  memoryBytes: 1024 * 1024 * 1024,
  glueBytes: 4 * 1024 * 1024,
  outputBytes: 96 * 1024 * 1024,
  // The description, the glue, and the core modules, some of which jco makes itself.
  parts: 600,
};

/** Longest description that stands before the files. */
const HEAD_BYTES = 2 * 1024 * 1024;

/** A file that a component became. */
export interface TranspiledFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What a component became. */
export interface TranspiledFiles {
  readonly glue: TranspiledFile;
  /** The core modules. */
  readonly modules: readonly TranspiledFile[];
  /** Whether instances can be restored. */
  readonly restorable: Restorable;
}

/** What came of a component. */
export interface Transpiled {
  readonly facts: Facts;
  /** Why it was not transpiled, beyond what follows from the facts. */
  readonly refusal?: Refusal;
  /** Absent when the component is refused, by its facts or by `refusal`. */
  readonly files?: TranspiledFiles;
}

/** Options of {@linkcode transpile}. */
export interface TranspileOptions {
  /** Where the sandbox's own code is kept. */
  readonly cacheDir: string;
  /** Where the bytes come from, for messages. */
  readonly from: string;
  /** @default those named at each */
  readonly bounds?: TranspileBounds;
}

/**
 * Does it, in a sandbox of its own. A component that could be accepted under no limits and grants is not transpiled.
 *
 * @throws {TranspileError} when it takes more than the bounds.
 */
export async function transpile(
  component: Uint8Array<ArrayBuffer>,
  { cacheDir, from, bounds: given }: TranspileOptions,
): Promise<Transpiled> {
  const bounds = { ...BOUNDS, ...given };
  const options = new TextEncoder().encode(JSON.stringify(GENERATE_OPTIONS));
  const { source, modules } = await loadTool();
  const script = await bundleForSandbox(new URL("./child/main.ts", import.meta.url), cacheDir);
  try {
    const [head, ...files] = await runBounded(script, {
      message: [options, component, source, ...modules],
      bounds,
    });
    return unpack(readReply(head), { files, glueBytes: bounds.glueBytes });
  } catch (error) {
    if (!(error instanceof BoundedRunError || error instanceof BadReply)) throw error;
    throw new TranspileError(from, error.message, { cause: error });
  }
}

/** An answer that is none. */
class BadReply extends Error {
  override readonly name = "BadReply";
}

function readReply(head: Uint8Array | undefined): Reply {
  if (!head || head.length > HEAD_BYTES) throw new BadReply("the sandbox's answer is too long");
  try {
    return ReplySchema.parse(JSON.parse(new TextDecoder().decode(head)));
  } catch (error) {
    if (!(error instanceof z.ZodError || error instanceof SyntaxError)) throw error;
    throw new BadReply("the sandbox's answer is none", { cause: error });
  }
}

function unpack(
  { facts, imports, exports, files: names, restorable, problem }: Reply,
  { files: bodies, glueBytes }: { files: readonly Uint8Array<ArrayBuffer>[]; glueBytes: number },
): Transpiled {
  const refused = (code: string, message: string) => ({ facts, refusal: { code, message } });
  if (problem) return refused("troupe.BadComponent", `It cannot be transpiled: ${problem}`);
  if (bodies.length !== names.length) throw new BadReply("a file is missing in the sandbox's answer");
  // Two programs have read the same bytes. Where they differ, one of them has been led astray.
  const seen = new Set([...facts.imports, ...facts.exports].map(({ name }) => name.replace(/@.*$/, "")));
  const unseen = [...imports, ...exports].find((name) => !seen.has(name));
  if (unseen !== undefined) {
    return refused(
      "troupe.BadComponent",
      `The transpiler finds ${JSON.stringify(unseen)} in it, and the inspection does not`,
    );
  }
  const [glue, ...modules] = names
    .map((name, n) => ({ name, bytes: bodies[n] as Uint8Array<ArrayBuffer> }))
    .sort((a, b) => Number(b.name.endsWith(".js")) - Number(a.name.endsWith(".js")));
  if (!glue) return { facts };
  if (glue.bytes.length > glueBytes) {
    return refused(
      "troupe.TooLarge",
      `Its glue would have ${glue.bytes.length} bytes, and ${glueBytes} is the limit`,
    );
  }
  return { facts, files: { glue, modules, restorable } };
}
