/**
 * Makes a component of a core module, for compilers that make no components themselves.
 *
 * @module
 */

import { BuildError } from "./errors.ts";

/** What a core module is made into. */
export interface CoreModule {
  /** The module, as a compiler has made it. */
  readonly bytes: Uint8Array;
  /** Text of the WIT package in which the world is. */
  readonly wit: string;
  /** Name of the world. */
  readonly world: string;
  /**
   * Modules that stand between what the compiler's library imports and what components import: by the name that is
   * imported.
   *
   * @default {}
   */
  readonly adapters?: Readonly<Record<string, Adapter>>;
}

/** A module that turns some imports into others. */
export interface Adapter {
  /** WebAssembly text. */
  readonly text: string;
  /** Text of the WIT package with the world `adapter`, which says what it imports. @default it imports nothing */
  readonly wit?: string;
}

/**
 * Makes a component. The same module comes to the same bytes.
 *
 * @throws {BuildError} `troupe.BuildFailed` when the module does not fit the world.
 */
export async function coreToComponent(
  { bytes, wit, world, adapters = {} }: CoreModule,
): Promise<Uint8Array<ArrayBuffer>> {
  // Large, and of use to these languages only.
  const { componentEmbed, componentNew, parse } = await import(
    "@bytecodealliance/jco-transpile/wasm-tools"
  );
  try {
    const embedded = await componentEmbed({ binary: bytes, witSource: wit, world });
    const assembled = await Promise.all(
      Object.entries(adapters).map(async ([name, { text, wit }]): Promise<[string, Uint8Array]> => {
        const binary = await parse(text);
        if (wit === undefined) return [name, binary];
        return [name, await componentEmbed({ binary, witSource: wit, world: "adapter" })];
      }),
    );
    return new Uint8Array(await componentNew(embedded, assembled));
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new BuildError("troupe.BuildFailed", `The component cannot be made: ${problem}`, { cause: error });
  }
}
