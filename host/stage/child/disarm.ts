/**
 * Takes away what code that a component might have smuggled into its glue could use. No boundary: the boundary is the
 * process, which has no permission. It makes the next step harder.
 *
 * @module
 */

/** What glue needs beside the language itself. */
const KEPT = ["WebAssembly", "TextEncoder", "queueMicrotask", "setTimeout", "clearTimeout", "globalThis"];

/** Names that V8 gives to every context, with or without Deno. */
const LANGUAGE = [
  "Object Function Array Number parseFloat parseInt Infinity NaN undefined Boolean String Symbol Date Promise RegExp",
  "Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError JSON Math ArrayBuffer",
  "Uint8Array Int8Array Uint16Array Int16Array Uint32Array Int32Array BigUint64Array BigInt64Array Uint8ClampedArray",
  "Float16Array Float32Array Float64Array DataView Map BigInt Set Iterator WeakMap WeakSet Proxy Reflect",
  "FinalizationRegistry WeakRef SuppressedError DisposableStack AsyncDisposableStack isFinite isNaN",
].join(" ").split(" ");

/**
 * Leaves the global object with what the language and jco's glue need, and nothing else.
 *
 * @param given Put there in place of what was: such as a `TextDecoder` of ours.
 */
export function disarm(given: Readonly<Record<string, unknown>>): void {
  const kept = new Set([...KEPT, ...LANGUAGE]);
  for (const name of Reflect.ownKeys(globalThis)) {
    if (typeof name !== "string" || kept.has(name)) continue;
    if (!Reflect.deleteProperty(globalThis, name)) Reflect.set(globalThis, name, undefined);
  }
  const quiet = () => {};
  const values = {
    ...given,
    // The glue looks for `process.env`, which may not be read here, and writes about errors that we see anyway.
    process: undefined,
    console: Object.freeze({ debug: quiet, error: quiet, log: quiet, warn: quiet, info: quiet }),
  };
  for (const [name, value] of Object.entries(values)) {
    Object.defineProperty(globalThis, name, { value, writable: false, configurable: false });
  }
}
