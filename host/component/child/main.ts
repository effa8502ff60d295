/**
 * What runs in the sandbox that inspects and transpiles: says that it is up, reads one message (jco's options as JSON, the
 * component, the transpiler with its modules), and writes one message (a reply as JSON, then the files).
 *
 * @module
 */

import { ALL_GRANTS } from "../../grants.ts";
import { harden } from "../../sandbox/hardening/harden.ts";
import { createWasi } from "../../sandbox/wasi.ts";
import { waitingImports } from "../blocking.ts";
import { digestOf } from "../digest.ts";
import { type Facts, factsOf } from "../facts.ts";
import { encodeParts, readParts } from "../parts.ts";
import type { Reply } from "../reply.ts";
import { makeRestorable, type RestorableOptions } from "../restore/make_restorable.ts";
import { judge } from "../verdict.ts";

/** jco's transpiler, as far as it is used. */
interface Transpiler {
  /** Resolves when it can be used. */
  readonly $init: Promise<void>;
  generate(component: Uint8Array, options: Record<string, unknown>): {
    readonly files: readonly (readonly [name: string, bytes: Uint8Array<ArrayBuffer>])[];
    readonly imports: readonly string[];
    readonly exports: readonly (readonly [name: string, type: string])[];
  };
}

/** The answer, before it is encoded. */
interface Answer {
  readonly reply: Reply;
  readonly files: readonly Uint8Array<ArrayBuffer>[];
}

/** What is most that an actor can be given. */
const ANY_ACTOR = { granted: ALL_GRANTS, limits: { memoryBytes: Infinity } };
/** The host's own message is trusted; the bound is only that of one buffer. */
const REQUEST = { parts: 64, bytes: 2 ** 31 - 1 };
/** Longest problem that is passed on. */
const PROBLEM = 1_000;

// Before anything of a component is here.
harden();
await run();

async function run(): Promise<void> {
  const exit = Deno.exit;
  const output = Deno.stdout;
  const write = (bytes: Uint8Array) => {
    for (let at = 0; at < bytes.length;) at += output.writeSync(bytes.subarray(at));
  };
  write(new Uint8Array(1));
  const { reply, files } = await work(await readParts(Deno.stdin.readable, REQUEST));
  for (const bytes of encodeParts([new TextEncoder().encode(JSON.stringify(reply)), ...files])) write(bytes);
  exit(0);
}

async function work(parts: Uint8Array<ArrayBuffer>[]): Promise<Answer> {
  const [options, component, source, ...modules] = parts;
  if (!options || !component || !source) throw new Error("the request has too few parts");
  const facts = factsOf(component);
  // What no actor could have is not shown to the next program.
  if (judge(facts, { ...ANY_ACTOR, digest: "", size: component.length }).refusals.length > 0) {
    return answer(facts);
  }
  const transpiler = await evaluate(source, modules);
  const waiting = waitingImports(facts.imports);
  // No component holds its own digest: it cannot know the names.
  const prefix = `restore-${await digestOf(component)}-`;
  try {
    const generated = transpiler.generate(component, {
      ...JSON.parse(new TextDecoder().decode(options)),
      ...(waiting.length > 0 ? { asyncMode: jspi(waiting) } : {}),
    });
    return transpiled(facts, generated, { prefix, ownResources: facts.ownResources });
  } catch (error) {
    return answer(facts, describe(error));
  }
}

/** Calls of these, and of `handle`, are promises. */
function jspi(imports: readonly string[]): object {
  return { tag: "jspi", val: { imports, exports: ["handle"] } };
}

function transpiled(
  facts: Facts,
  { files, imports, exports }: ReturnType<Transpiler["generate"]>,
  options: RestorableOptions,
): Answer {
  // jco knows instructions that the engine here lacks.
  const invalid = files.find(([name, bytes]) => name.endsWith(".wasm") && !WebAssembly.validate(bytes));
  if (invalid) return answer(facts, `it has a core module that is not valid (${invalid[0]})`);
  const made = makeRestorable(files, options);
  return {
    reply: {
      facts,
      imports,
      exports: exports.map(([name]) => name),
      files: made.files.map(([name]) => name),
      restorable: made.restorable,
      problem: "",
    },
    files: made.files.map(([, bytes]) => bytes),
  };
}

function answer(facts: Facts, problem = ""): Answer {
  const restorable = { why: "it is not transpiled" };
  return { reply: { facts, imports: [], exports: [], files: [], restorable, problem }, files: [] };
}

/** Evaluates the transpiler. Its modules come in the order in which it asks for them. */
async function evaluate(
  source: Uint8Array<ArrayBuffer>,
  modules: readonly Uint8Array<ArrayBuffer>[],
): Promise<Transpiler> {
  // Its glue looks for `process.env`, which may not be read here.
  Object.defineProperty(globalThis, "process", { value: undefined });
  const next = modules.values();
  const surroundings = {
    wasi: createWasi({ stdout: () => {}, stderr: () => {} }),
    compile: () => Promise.resolve(new WebAssembly.Module(next.next().value as Uint8Array<ArrayBuffer>)),
  };
  Object.defineProperty(globalThis, "troupeTool", { value: surroundings });
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const transpiler = await import(url) as Transpiler;
  await transpiler.$init;
  return transpiler;
}

/** What jco threw, on one line: what went wrong, and what caused it. */
function describe(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const line = text.replaceAll(/\s*\n\s*Caused by:\s*/g, ": ").replaceAll(/\s+/g, " ").trim();
  return (line || "the transpiler fails on it").slice(0, PROBLEM).toWellFormed();
}
