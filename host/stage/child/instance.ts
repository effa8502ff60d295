/**
 * One instance of the component, with imports of its own.
 *
 * @module
 */

import { createWasi } from "../../sandbox/wasi.ts";
import type { Mount } from "../../sandbox/file_tree.ts";
import type { Level } from "../wire/call.ts";
import type { LoadSettings } from "../wire/load.ts";
import { grantedImports } from "./granted.ts";
import type { GuestText } from "./guest_text.ts";
import type { Mesh, Stream } from "./mesh.ts";
import { watchImports } from "./restored_imports.ts";
import { RestoredState } from "./restored_state.ts";

/** The glue's one export. */
export type Instantiate = (
  getCoreModule: (name: string) => WebAssembly.Module,
  imports: Record<string, unknown>,
  instantiateCore: (module: WebAssembly.Module, imports: WebAssembly.Imports) => WebAssembly.Instance,
) => { readonly handle: (payload: string) => Returned };

/** What a call of the glue gives: a promise of it, where guests may have to wait for the host. */
type Returned = string | undefined | Promise<string | undefined>;

/** A component, ready to be instantiated. */
export interface Component {
  readonly instantiate: Instantiate;
  readonly modules: ReadonlyMap<string, WebAssembly.Module>;
  readonly text: GuestText;
  readonly settings: LoadSettings;
  /** Folders that its guests can read. */
  readonly mounts: readonly Mount[];
}

/** One instance. */
export interface Instance {
  /** Runs the actor. Throws a plain object for a failure that it returned, and something else for everything else. */
  handle(payload: string, mesh: Mesh): Returned;
  /** Bytes of all memories that its core modules export, together. */
  memoryBytes(): number;
  /** What it keeps, where it was made to be put back to where it began. */
  readonly kept?: Kept;
}

/** What an instance keeps from call to call. */
export interface Kept {
  /** Why it cannot be put back to where it began; undefined where it can. */
  readonly spoilt: string | undefined;
  /**
   * Puts it back: from here on it is as new. Only where nothing is spoilt, and its last call has returned: of one that failed
   * or was given up, a stack may be left.
   */
  restore(): void;
}

/** An instance could not be made. The message ends with what the guest wrote, where it wrote something. */
export class InstantiationError extends Error {
  override readonly name = "InstantiationError";
}

// Taken before the sandbox empties its global object.
const elapsed = performance.now.bind(performance);

/** How much is kept of what a guest writes while its instance is made. */
const EARLY_BYTES = 8 * 1024;

/**
 * Makes an instance. That can run guest code: start functions, and what toolchains do first. What it writes then belongs
 * to the hop that the instance is used for.
 *
 * @param restore How the names of the exports begin by which it is to be restored. @default it is not to be
 * @throws {InstantiationError}
 */
export function makeInstance(
  { instantiate, modules, text, settings, mounts }: Component,
  restore?: string,
): Instance {
  const state = restore === undefined ? undefined : new RestoredState(restore);
  let made = false;
  let began = elapsed();
  const early = new EarlyOutput();
  const memories: WebAssembly.Memory[] = [];
  let mesh: Mesh | undefined;
  const write = (stream: Stream) => (bytes: Uint8Array) =>
    mesh ? mesh.write(stream, bytes) : early.write(stream, bytes);
  const wasi = createWasi({
    stdout: write("stdout"),
    stderr: write("stderr"),
    age: () => elapsed() - began,
    environment: settings.config.environment,
    mounts,
    preciseClock: settings.grants.clock === "precise",
  });
  const given = { ...wasi, ...grantedImports(() => mesh, { settings, text, wasi, mounts }) };
  const told = (what: string) => made || state?.spoil(`it called ${what} while it was made`);
  const imports = Object.assign(
    Object.create(null),
    state ? watchImports(given, told) : given,
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
    const instantiateCore = (module: WebAssembly.Module, wants: WebAssembly.Imports) => {
      const instance = new WebAssembly.Instance(module, wants);
      state?.add(instance.exports, wants);
      for (const value of Object.values(instance.exports)) {
        if (value instanceof WebAssembly.Memory && !memories.includes(value)) memories.push(value);
      }
      return instance;
    };
    const onChange = (what: string) => made && state?.spoil(what);
    exports = instantiate(getCoreModule, imports, Object.assign(instantiateCore, { onChange }));
  } catch (error) {
    const said = early.text();
    const why = error instanceof Error ? `${error.name}: ${error.message}` : "it threw something of its own";
    throw new InstantiationError(said ? `${why}; it wrote: ${said}` : why, { cause: error });
  }
  made = true;
  state?.capture();
  const kept = (state: RestoredState): Kept => ({
    get spoilt() {
      return state.spoilt;
    },
    restore() {
      state.restore();
      early.rewind();
      began = elapsed();
    },
  });
  return {
    ...(state ? { kept: kept(state) } : {}),
    handle(payload, of) {
      mesh = of;
      early.replay(of);
      text.reset();
      let returned: Returned;
      try {
        returned = exports.handle(payload);
      } catch (error) {
        mesh = undefined;
        throw error;
      }
      if (returned instanceof Promise) return returned.finally(() => mesh = undefined);
      mesh = undefined;
      return returned;
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
  #told = false;

  write(stream: Stream, bytes: Uint8Array): void {
    const kept = bytes.slice(0, this.#left);
    this.#left -= kept.length;
    if (kept.length > 0) this.#parts.push({ stream, bytes: kept });
  }

  /** Tells the first hop. */
  replay(mesh: Mesh): void {
    if (this.#told) return;
    this.#told = true;
    for (const { stream, bytes } of this.#parts) mesh.write(stream, bytes);
  }

  /** The next hop is a first one too. */
  rewind(): void {
    this.#told = false;
  }

  text(): string {
    return this.#parts.map(({ bytes }) => EARLY_TEXT.decode(bytes)).join("").trim();
  }
}

const EARLY_TEXT = new TextDecoder();
