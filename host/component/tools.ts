/**
 * jco's transpiler, as it is given to the sandbox that transpiles.
 *
 * It is a component itself, whose published glue wants a WASI with files, environment and network. So the imports of that
 * glue are replaced by ours, which can do nothing, and its modules are sent along: the sandbox then needs no permission.
 * The text comes from the package, not from an actor; should a new version look different, it is noticed here.
 *
 * @module
 */

import { z } from "zod";
import { TroupeError } from "../errors.ts";

/** The transpiler. */
export interface Tool {
  /** Text of an ES module that imports nothing. What it needs it takes from the global object `troupeTool`. */
  readonly source: Uint8Array<ArrayBuffer>;
  /** Its core modules, in the order in which it asks for them. */
  readonly modules: readonly Uint8Array<ArrayBuffer>[];
}

/** jco's package is not what is expected. */
export class ToolError extends TroupeError {
  constructor(problem: string, options?: ErrorOptions) {
    const message = `The package jco-transpile is not as this version of Troupe expects it: ${problem}`;
    super("troupe.ToolChanged", "system", message, options);
  }
}

/** The transpiler's glue, by the name of the import map; its modules lie beside it. */
const TOOL = new URL(import.meta.resolve("@bytecodealliance/jco-transpile/component"));

const Package = z.object({ name: z.literal("@bytecodealliance/jco-transpile"), version: z.string().min(1) });

/** The version of the package. @throws {ToolError} */
export async function toolVersion(): Promise<string> {
  const path = new URL("../package.json", TOOL);
  try {
    return Package.parse(JSON.parse(await Deno.readTextFile(path))).version;
  } catch (error) {
    throw new ToolError("its package.json cannot be read", { cause: error });
  }
}

/** Reads the transpiler. @throws {ToolError} */
export async function loadTool(): Promise<Tool> {
  try {
    const { source, modules } = rewriteTool(await Deno.readTextFile(TOOL));
    return {
      source: new TextEncoder().encode(source),
      modules: await Promise.all(modules.map((file) => Deno.readFile(new URL(file, TOOL)))),
    };
  } catch (error) {
    if (error instanceof ToolError) throw error;
    throw new ToolError("its files cannot be read", { cause: error });
  }
}

const IMPORT = /^import \{ ([^}]+) \} from '@bytecodealliance\/preview2-shim\/(\w+)';$/gm;
const FETCH = /fetchCompile\(new URL\('\.\/([\w.-]+\.wasm)', import\.meta\.url\)\)/g;

/**
 * Replaces what the transpiler's glue imports and fetches.
 *
 * @returns The new text, and the names of the modules that it asks for.
 * @throws {ToolError} when the text does not look as expected.
 */
export function rewriteTool(text: string): { source: string; modules: string[] } {
  const modules: string[] = [];
  const source = text
    .replaceAll(IMPORT, (_, bindings: string, part: string) => bindInterfaces(bindings, part))
    .replaceAll(FETCH, (_, file: string) => {
      modules.push(file);
      return "troupeTool.compile()";
    });
  if (modules.length === 0) throw new ToolError("it fetches no module");
  if (/^\s*import\b/m.test(source) || source.includes("import.meta")) {
    throw new ToolError("it imports or fetches something else");
  }
  for (const name of ["generate", "$init"]) {
    if (!new RegExp(`^export (\\{[^}]*|const )${RegExp.escape(name)}\\b`, "m").test(source)) {
      throw new ToolError(`it does not export ${name}`);
    }
  }
  return { source, modules };
}

/** `environment, exit as exit$1` of `preview2-shim/cli` become constants that hold our interfaces. */
function bindInterfaces(bindings: string, part: string): string {
  return bindings.split(",").map((binding) => {
    const [name = "", local = name] = binding.trim().split(" as ");
    const kebab = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    return `const ${local} = troupeTool.wasi["wasi:${part}/${kebab}"];`;
  }).join(" ");
}
