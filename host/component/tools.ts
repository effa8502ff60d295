/**
 * jco's own tools, as they are given to the sandbox that transpiles.
 *
 * They are components themselves, whose published glue wants a WASI with files, environment and network. So the glue's
 * imports are replaced by ours, which can do nothing, and its modules are sent along: the sandbox then needs no
 * permission. The text comes from the package, not from an actor; should a new version look different, it is noticed here.
 *
 * @module
 */

import { TroupeError } from "../errors.ts";

/** Version of jco's transpiler; part of the key of everything that it made. */
export const JCO_VERSION = "0.15.0";

/** The tools: two sources, and the modules in the order in which they are asked for. */
export interface Tools {
  readonly bindgen: Uint8Array;
  readonly wasmTools: Uint8Array;
  readonly modules: readonly Uint8Array[];
}

/** jco's package is not what is expected. */
export class ToolsError extends TroupeError {
  constructor(problem: string, options?: ErrorOptions) {
    super(
      "troupe.ToolsChanged",
      "system",
      `jco-transpile ${JCO_VERSION} is not what it was: ${problem}`,
      options,
    );
  }
}

let tools: Promise<Tools> | undefined;

/** Reads the tools, once. @throws {ToolsError} */
export function loadTools(): Promise<Tools> {
  return tools ??= readTools();
}

async function readTools(): Promise<Tools> {
  const folder = new URL(".", import.meta.resolve("@bytecodealliance/jco-transpile/component"));
  const [bindgen, wasmTools] = await Promise.all([
    readTool(folder, "js-component-bindgen-component"),
    readTool(folder, "wasm-tools"),
  ]);
  return {
    bindgen: bindgen.source,
    wasmTools: wasmTools.source,
    modules: [...bindgen.modules, ...wasmTools.modules],
  };
}

async function readTool(folder: URL, name: string): Promise<{ source: Uint8Array; modules: Uint8Array[] }> {
  const text = await Deno.readTextFile(new URL(`${name}.js`, folder));
  const names: string[] = [];
  const source = text
    .replaceAll(
      /^import \{ ([^}]+) \} from '@bytecodealliance\/preview2-shim\/(\w+)';$/gm,
      (_, bindings, part) => replaceImport(bindings, part),
    )
    .replaceAll(/fetchCompile\(new URL\('\.\/([\w.-]+\.wasm)', import\.meta\.url\)\)/g, (_, file) => {
      names.push(file);
      return "troupeTool.compile()";
    });
  if (names.length === 0) throw new ToolsError(`${name}.js asks for no module`);
  if (/^\s*import\s/m.test(source) || source.includes("import.meta")) {
    throw new ToolsError(`${name}.js imports something else`);
  }
  const modules = await Promise.all(names.map((file) => Deno.readFile(new URL(file, folder))));
  return { source: new TextEncoder().encode(source), modules };
}

/** `environment, exit as exit$1` of `preview2-shim/cli` becomes a binding to our interfaces. */
function replaceImport(bindings: string, part: string): string {
  return bindings.split(",").map((binding) => {
    const [name = "", local = name] = binding.trim().split(" as ");
    const kebab = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    return `const ${local} = troupeTool.wasi["wasi:${part}/${kebab}"];`;
  }).join(" ");
}
