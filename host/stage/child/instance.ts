/**
 * Instances of the component: where each envelope's comes from.
 *
 * @module
 */

import { createWasi } from "../../sandbox/wasi.ts";
import type { ChildHop } from "./hop.ts";

/** The glue's one export. */
export type Instantiate = (
  getCoreModule: (name: string) => WebAssembly.Module,
  imports: Record<string, unknown>,
  instantiateCore: (module: WebAssembly.Module, imports: WebAssembly.Imports) => WebAssembly.Instance,
) => { readonly handle: (payload: string) => string | undefined };

/** One instance of the component. */
export interface Instance {
  /** Runs the actor. Throws a plain object for a failure that it returned, and an Error for everything else. */
  handle(payload: string, hop: ChildHop): string | undefined;
  /** Bytes of all its memories together. */
  memoryBytes(): number;
}

/** Gives instances. How they come to be in the state that a hop may see is its business alone. */
export interface InstanceSource {
  /** One for the next hop. */
  take(): Instance;
  /** The hop is done; `failed` instances are never given again. */
  give(instance: Instance, failed: boolean): void;
  /** Makes one ahead, where that is of use. Throws what making it throws. */
  prepare(): void;
}

/** Makes an instance, which may run guest code (start functions). */
export function makeInstance(
  instantiate: Instantiate,
  modules: ReadonlyMap<string, WebAssembly.Module>,
): Instance {
  const memories: WebAssembly.Memory[] = [];
  // Guest code runs only while a hop is set, but for start functions, whose output is nobody's.
  let hop: ChildHop | undefined;
  const current = (): ChildHop => {
    if (!hop) throw new Error("the mesh cannot be called while an instance is made");
    return hop;
  };
  const imports = Object.assign(
    Object.create(null),
    createWasi({
      stdout: (bytes) => hop?.write("stdout", bytes),
      stderr: (bytes) => hop?.write("stderr", bytes),
    }),
  );
  imports["troupe:actor/mesh"] = Object.assign(Object.create(null), {
    get: (path: string) => current().get(path),
    set: (path: string, value: string) => current().call({ verb: "set", path, value }),
    del: (path: string) => current().call({ verb: "del", path }),
    emit: (payload: string) => current().call({ verb: "emit", payload }),
    fly: (event: string) => current().call({ verb: "fly", event }),
    log: (level: "debug" | "info" | "warn" | "error", message: string) => current().log(level, message),
  });
  const getCoreModule = (name: string): WebAssembly.Module => {
    const module = modules.get(name);
    if (!module) throw new Error(`no core module ${name}`);
    return module;
  };
  const { handle } = instantiate(getCoreModule, imports, (module, wants) => {
    const instance = new WebAssembly.Instance(module, wants);
    for (const value of Object.values(instance.exports)) {
      if (value instanceof WebAssembly.Memory) memories.push(value);
    }
    return instance;
  });
  return {
    handle(payload, of) {
      hop = of;
      try {
        return handle(payload);
      } finally {
        hop = undefined;
      }
    },
    memoryBytes: () =>
      new Set(memories.map(({ buffer }) => buffer)).values().reduce(
        (sum, { byteLength }) => sum + byteLength,
        0,
      ),
  };
}

/** How many instances are made before the short-lived ones are collected: left alone, V8 lets hundreds of them lie. */
const COLLECT_EVERY = 20;

/** A new instance for each envelope, one of them made ahead. */
export class FreshInstances implements InstanceSource {
  readonly #make: () => Instance;
  readonly #collect: () => void;
  #ahead: Instance | undefined;
  #madeSinceCollect = 0;

  /** @param collect Collects what short-lived instances left. */
  constructor(make: () => Instance, collect: () => void) {
    this.#make = make;
    this.#collect = collect;
  }

  take(): Instance {
    const instance = this.#ahead ?? this.#make();
    this.#ahead = undefined;
    return instance;
  }

  give(): void {
    if (++this.#madeSinceCollect < COLLECT_EVERY) return;
    this.#madeSinceCollect = 0;
    this.#collect();
  }

  prepare(): void {
    this.#ahead ??= this.#make();
  }
}

/** How many envelopes one instance serves. */
const REUSED_TIMES = 1_000;

/** The same instance again, until one fails on it. */
export class ReusedInstances implements InstanceSource {
  readonly #make: () => Instance;
  #instance: Instance | undefined;
  #served = 0;

  constructor(make: () => Instance) {
    this.#make = make;
  }

  take(): Instance {
    this.prepare();
    return this.#instance as Instance;
  }

  give(_: Instance, failed: boolean): void {
    if (failed || ++this.#served >= REUSED_TIMES) this.#instance = undefined;
  }

  prepare(): void {
    if (!this.#instance) this.#served = 0;
    this.#instance ??= this.#make();
  }
}
