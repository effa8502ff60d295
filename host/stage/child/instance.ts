/**
 * One instance of the component, with imports of its own.
 *
 * @module
 */

import { createWasi } from "../../sandbox/wasi.ts";
import type { Level } from "../wire/call.ts";
import type { GuestText } from "./guest_text.ts";
import type { Mesh, Stream } from "./mesh.ts";

/** The glue's one export. */
export type Instantiate = (
  getCoreModule: (name: string) => WebAssembly.Module,
  imports: Record<string, unknown>,
  instantiateCore: (module: WebAssembly.Module, imports: WebAssembly.Imports) => WebAssembly.Instance,
) => { readonly handle: (payload: string) => string | undefined };

/** A component, ready to be instantiated. */
export interface Component {
  readonly instantiate: Instantiate;
  readonly modules: ReadonlyMap<string, WebAssembly.Module>;
  readonly text: GuestText;
}

/** One instance. */
export interface Instance {
  /** Runs the actor. Throws a plain object for a failure that it returned, and something else for everything else. */
  handle(payload: string, mesh: Mesh): string | undefined;
  /** Bytes of all memories that its core modules export, together. */
  memoryBytes(): number;
}

/** An instance could not be made. The message ends with what the guest wrote, where it wrote something. */
export class InstantiationError extends Error {
  override readonly name = "InstantiationError";
}

/** How much is kept of what a guest writes while its instance is made. */
const EARLY_BYTES = 8 * 1024;

/**
 * Makes an instance. That can run guest code: start functions, and what toolchains do first. What it writes then belongs
 * to the hop that the instance is used for.
 *
 * @throws {InstantiationError}
 */
export function makeInstance({ instantiate, modules, text }: Component): Instance {
  const early = new EarlyOutput();
  const memories: WebAssembly.Memory[] = [];
  let mesh: Mesh | undefined;
  const write = (stream: Stream) => (bytes: Uint8Array) =>
    mesh ? mesh.write(stream, bytes) : early.write(stream, bytes);
  const imports = Object.assign(
    Object.create(null),
    createWasi({ stdout: write("stdout"), stderr: write("stderr") }),
    { "troupe:actor/mesh": meshImports(() => mesh, text) },
  );
  const getCoreModule = (name: string): WebAssembly.Module => {
    const module = modules.get(name);
    if (!module) throw new TypeError(`there is no core module ${name}`);
    return module;
  };
  let exports: ReturnType<Instantiate>;
  text.reset();
  try {
    exports = instantiate(getCoreModule, imports, (module, wants) => {
      const instance = new WebAssembly.Instance(module, wants);
      for (const value of Object.values(instance.exports)) {
        if (value instanceof WebAssembly.Memory && !memories.includes(value)) memories.push(value);
      }
      return instance;
    });
  } catch (error) {
    const said = early.text();
    const why = error instanceof Error ? `${error.name}: ${error.message}` : "it threw something of its own";
    throw new InstantiationError(said ? `${why}; it wrote: ${said}` : why, { cause: error });
  }
  return {
    handle(payload, of) {
      mesh = of;
      early.replay(of);
      text.reset();
      try {
        return exports.handle(payload);
      } finally {
        mesh = undefined;
      }
    },
    memoryBytes: () => memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0),
  };
}

/** The imports of the interface `mesh`. */
function meshImports(mesh: () => Mesh | undefined, text: GuestText): object {
  const use = <T>(call: (mesh: Mesh) => T): T => {
    const current = mesh();
    if (!current) throw new TypeError("the mesh cannot be called while an instance is made");
    try {
      return call(current);
    } finally {
      text.reset();
    }
  };
  return Object.assign(Object.create(null), {
    get: (path: string) => use((mesh) => mesh.edit({ verb: "get", path })),
    set: (path: string, value: string) => use((mesh) => void mesh.edit({ verb: "set", path, value })),
    del: (path: string) => use((mesh) => void mesh.edit({ verb: "del", path })),
    emit: (payload: string) => use((mesh) => void mesh.edit({ verb: "emit", payload })),
    fly: (event: string) => use((mesh) => void mesh.edit({ verb: "fly", event })),
    log: (level: Level, message: string) => use((mesh) => mesh.log(level, message)),
  });
}

/** What a guest writes before there is a hop. */
class EarlyOutput {
  #parts: { stream: Stream; bytes: Uint8Array<ArrayBuffer> }[] = [];
  #left = EARLY_BYTES;

  write(stream: Stream, bytes: Uint8Array): void {
    const kept = bytes.slice(0, this.#left);
    this.#left -= kept.length;
    if (kept.length > 0) this.#parts.push({ stream, bytes: kept });
  }

  replay(mesh: Mesh): void {
    for (const { stream, bytes } of this.#parts) mesh.write(stream, bytes);
    this.#parts = [];
  }

  text(): string {
    return this.#parts.map(({ bytes }) => EARLY_TEXT.decode(bytes)).join("").trim();
  }
}

const EARLY_TEXT = new TextDecoder();
