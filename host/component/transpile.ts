/**
 * Inspects and transpiles a component in a sandbox without permissions, within bounds of time, memory and output.
 *
 * @module
 */

import { boundMemory, spawnSandbox } from "../sandbox/spawn.ts";
import { bundleForSandbox } from "../sandbox/bundle.ts";
import { z } from "zod";
import type { TranspileRequest } from "./child/main.ts";
import { TranspileError } from "./errors.ts";
import type { Facts } from "./facts.ts";
import { decodeParts, encodeParts } from "./parts.ts";
import { loadTools } from "./tools.ts";

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

/** Bounds of one transpilation: 262 bytes of component can make megabytes of glue. */
const BOUNDS = {
  timeMs: 60_000,
  memoryBytes: 2 * 1024 * 1024 * 1024,
  headBytes: 1024 * 1024,
  glueBytes: 4 * 1024 * 1024,
  outputBytes: 160 * 1024 * 1024,
};

/** What came of a component. */
export interface Transpiled {
  readonly facts: Facts;
  /** The glue and the core modules; nothing when only facts were wanted, or the facts forbid it. */
  readonly glue: Uint8Array<ArrayBuffer> | undefined;
  readonly modules: readonly { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }[];
}

const Texts = z.array(z.string().max(2000)).max(1000).readonly();

/** The sandbox's answer: what a component made of it is not to be trusted. */
const Reply = z.strictObject({
  facts: z.strictObject({
    kind: z.enum(["component", "module", "not-wasm"]),
    malformed: z.string().max(1000),
    badNames: Texts,
    largestFunction: z.number().min(0),
    initialMemory: z.number().min(0),
    imports: Texts,
    exports: Texts,
  }),
  files: z.array(z.string().regex(/^[\w.-]{1,100}$/)).max(300).readonly(),
  problem: z.string().max(1000),
});

/**
 * Does it.
 *
 * @param component The bytes.
 * @param options `from`: where they come from, for messages; `filesToo`: whether to transpile, or only to inspect.
 * @throws {TranspileError} when it cannot be transpiled within the bounds.
 */
export async function transpile(
  component: Uint8Array,
  { cacheDir, from, filesToo }: {
    readonly cacheDir: string;
    readonly from: string;
    readonly filesToo: boolean;
  },
): Promise<Transpiled> {
  const request: TranspileRequest = { transpile: filesToo, options: GENERATE_OPTIONS };
  const { bindgen, wasmTools, modules } = await loadTools();
  const head = new TextEncoder().encode(JSON.stringify(request));
  const message = encodeParts([head, component, bindgen, wasmTools, ...modules]);
  const answer = await runBounded(message, { cacheDir, from });
  try {
    const [head, ...bodies] = decodeParts(answer);
    if (!head || head.length > BOUNDS.headBytes) throw new RangeError("its description is too long");
    const reply = Reply.parse(JSON.parse(new TextDecoder().decode(head)));
    if (reply.problem) throw new RangeError(reply.problem);
    if (bodies.length !== reply.files.length) throw new RangeError("a file is missing");
    const files = reply.files.map((name, i) => ({ name, bytes: bodies[i] as Uint8Array<ArrayBuffer> }));
    const glue = files.find(({ name }) => name.endsWith(".js"))?.bytes;
    if (glue && glue.length > BOUNDS.glueBytes) {
      throw new RangeError(`its glue would have ${glue.length} bytes`);
    }
    return { facts: reply.facts, glue, modules: files.filter(({ name }) => name.endsWith(".wasm")) };
  } catch (error) {
    throw new TranspileError(from, error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** Sends a message to a sandbox of its own and reads the answer to its end. */
async function runBounded(
  message: Uint8Array<ArrayBuffer>,
  { cacheDir, from }: { cacheDir: string; from: string },
): Promise<Uint8Array<ArrayBuffer>> {
  const script = await bundleForSandbox(new URL("./child/main.ts", import.meta.url), cacheDir);
  const sandbox = spawnSandbox(script, { v8Flags: ["--liftoff-only"] });
  let problem = "";
  const giveUp = (why: string) => {
    problem ||= why;
    sandbox.kill();
  };
  const timer = setTimeout(() => giveUp(`it takes more than ${BOUNDS.timeMs / 1000} s`), BOUNDS.timeMs);
  try {
    await boundMemory(sandbox.pid, BOUNDS.memoryBytes);
    const writing = ReadableStream.from([message]).pipeTo(sandbox.stdin).catch(() => {
      // It ended early: its status says how.
    });
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    let length = 0;
    for await (const chunk of sandbox.stdout) {
      length += chunk.length;
      if (length > BOUNDS.outputBytes) giveUp(`it becomes more than ${BOUNDS.outputBytes} bytes`);
      else chunks.push(chunk);
    }
    await writing;
    const [{ code, signal }, stderr] = await Promise.all([sandbox.ended, sandbox.stderr]);
    if (code !== 0) {
      const said = stderr.trim().split("\n").slice(0, 3).join(" ").slice(0, 500);
      throw new TranspileError(
        from,
        problem || `the transpiler ended with ${signal ?? code}${said ? `: ${said}` : ""}`,
      );
    }
    return new Uint8Array(await new Blob(chunks).arrayBuffer());
  } finally {
    clearTimeout(timer);
    sandbox.kill();
  }
}
