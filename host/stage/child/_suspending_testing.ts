/**
 * The engine's two functions for stacks that are suspended, which TypeScript does not know.
 *
 * @module
 */

/** They are part of `WebAssembly`. */
export const engine = WebAssembly as unknown as {
  readonly Suspending: new (call: () => unknown) => WebAssembly.ImportValue;
  readonly promising: (call: WebAssembly.ExportValue | undefined) => () => Promise<void>;
};
