/**
 * What runs in the sandbox that transpiles: reads one message (the tools, then the component), inspects the component,
 * transpiles it, and writes one message (what it found, then the files).
 *
 * @module
 */

import { createWasi } from "../../sandbox/wasi.ts";
import { type Facts, factsOf } from "../facts.ts";
import { decodeParts, encodeParts } from "../parts.ts";

/** The host's word on what is to be done: JSON, the first part. */
export interface TranspileRequest {
  /** Whether files are wanted, or only facts. */
  readonly transpile: boolean;
  /** Options for jco's `generate`. */
  readonly options: Record<string, unknown>;
}

/** What came of it: JSON, the first part of the answer. The files are the other parts, in this order. */
export interface TranspileReply {
  readonly facts: Facts;
  /** Names of the files; the glue is the one that ends in `.js`. */
  readonly files: readonly string[];
  /** Why there are no files although they were wanted. */
  readonly problem: string;
}

/** The tools of jco that are used, as the sandbox sees them. */
interface Tools {
  readonly bindgen: {
    generate(component: Uint8Array, options: Record<string, unknown>): { files: [string, Uint8Array][] };
  };
  readonly wasmTools: { tools: { componentWit(component: Uint8Array): string } };
}

const exit = Deno.exit;
const input = await new Response(Deno.stdin.readable).arrayBuffer();
const output = Deno.stdout;
const answer = await work(decodeParts(new Uint8Array(input)));
for (let at = 0; at < answer.length;) at += output.writeSync(answer.subarray(at));
exit(0);

async function work(parts: Uint8Array<ArrayBuffer>[]): Promise<Uint8Array> {
  const [request, component, bindgen, wasmTools, ...modules] = parts as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  const { transpile, options } = JSON.parse(new TextDecoder().decode(request)) as TranspileRequest;
  const tools = await loadTools({
    bindgen,
    wasmTools,
    modules: modules as unknown as Uint8Array<ArrayBuffer>[],
  });
  const facts = factsOf(component, (bytes) => tools.wasmTools.tools.componentWit(bytes));
  const usable = facts.kind === "component" && !facts.malformed && facts.badNames.length === 0;
  let files: [string, Uint8Array][] = [];
  let problem = "";
  if (transpile && usable) {
    try {
      files = tools.bindgen.generate(component, options).files;
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
  }
  const reply: TranspileReply = {
    facts,
    files: files.map(([name]) => name),
    problem: problem.slice(0, 1000).toWellFormed(),
  };
  return encodeParts([new TextEncoder().encode(JSON.stringify(reply)), ...files.map(([, bytes]) => bytes)]);
}

/** Evaluates the tools. Their modules come in the order in which they ask for them. */
async function loadTools(
  { bindgen, wasmTools, modules }: {
    bindgen: Uint8Array;
    wasmTools: Uint8Array;
    modules: Uint8Array<ArrayBuffer>[];
  },
): Promise<Tools> {
  Object.defineProperty(globalThis, "process", { value: undefined });
  const wasi = createWasi({ stdout: () => {}, stderr: () => {} });
  const surroundings = {
    wasi,
    // deno-lint-ignore require-await
    compile: async () => new WebAssembly.Module(modules.shift() as BufferSource),
  };
  Object.defineProperty(globalThis, "troupeTool", { value: surroundings });
  return {
    bindgen: await evaluate(bindgen) as Tools["bindgen"],
    wasmTools: await evaluate(wasmTools) as Tools["wasmTools"],
  };
}

async function evaluate(source: Uint8Array): Promise<unknown> {
  const url = URL.createObjectURL(new Blob([source as BlobPart], { type: "text/javascript" }));
  const tool = await import(url) as { $init: Promise<void> };
  await tool.$init;
  return tool;
}
