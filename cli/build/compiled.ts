/**
 * Languages whose compiler does all there is to do: no step of its own checks the types, and nothing is kept open.
 *
 * @module
 */

import { digestJson } from "./digest.ts";
import type { OpenSource } from "./language.ts";

/** What there is to know of a source in such a language. */
export interface CompiledSource {
  /** Everything that the component is made of, in JSON: see {@linkcode OpenSource.inputs}. */
  inputs(): Promise<unknown>;
  /** See {@linkcode OpenSource.tools}. */
  tools(): Promise<Readonly<Record<string, string>>>;
  /** See {@linkcode OpenSource.make}. */
  make(): Promise<Uint8Array<ArrayBuffer>>;
}

/** Makes a source of it that can be built. */
export function compiled({ inputs, tools, make }: CompiledSource): OpenSource {
  return {
    inputs: async () => await digestJson(await inputs()),
    tools,
    check: () => Promise.resolve(),
    make,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
