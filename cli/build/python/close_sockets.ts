/**
 * Takes the sockets out of a component.
 *
 * The C library that componentize-py puts into every component imports `wasi:sockets`, whether anything uses it or not,
 * and no actor has sockets: a host refuses what imports them. The functions that the library imports are replaced within
 * the component by ones that trap, and the imports are gone. The SDK sees to it that Python code gets an error before.
 *
 * A component is a list of definitions that refer to each other by their numbers. So that no number changes, each that
 * goes is replaced by another of the same sort which nothing uses.
 *
 * @module
 */

import { BuildError } from "../errors.ts";
import { assemble, list, name, number, Reader, type Section, sectionsOf } from "../wasm_binary.ts";
import { type ImportedFunction, importedFunctions, stubModule } from "./stub_module.ts";

const ID = { module: 1, coreInstance: 2, instance: 5, alias: 6, type: 7, canon: 8, import: 10, export: 11 };
const SORT = { core: 0, func: 1, type: 3, instance: 5 };
const CORE_FUNC = 0;
const INSTANCE_TYPE = 0x42;

const isSockets = (path: string) => path.startsWith("wasi:sockets/");

/**
 * The same component without its imports of `wasi:sockets`.
 *
 * @throws {BuildError} `troupe.BuildFailed` when it is not built as componentize-py builds.
 */
export function closeSockets(component: Uint8Array): Uint8Array<ArrayBuffer> {
  try {
    const sections = [...sectionsOf(component)];
    return assemble(component, new Closing(findSockets(sections)).sections(sections));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const message = `The component of componentize-py is not what is expected of it: ${error.message}`;
    throw new BuildError("troupe.BuildFailed", message, { cause: error });
  }
}

/** Where the core modules get sockets from. */
interface Sockets {
  /** By the number of a core instance that stands for an interface: the functions that are wanted of it. */
  readonly wanted: ReadonlyMap<number, ReadonlyMap<string, ImportedFunction>>;
  /** How many core modules there are. */
  readonly modules: number;
}

function findSockets(sections: readonly Section[]): Sockets {
  const modules = sections.filter(({ id }) => id === ID.module).map(({ body }) => body);
  const wanted = new Map<number, Map<string, ImportedFunction>>();
  for (const { id, body } of sections) {
    if (id !== ID.coreInstance) continue;
    for (const { module, args } of coreInstances(body)) {
      const sockets = args.filter(([path]) => isSockets(path));
      if (module === undefined || sockets.length === 0) continue;
      const imported = importedFunctions(modules[module] ?? new Uint8Array(), isSockets);
      for (const [path, instance] of sockets) {
        const functions = wanted.getOrInsertComputed(instance, () => new Map());
        for (const each of imported.filter(({ module }) => module === path)) functions.set(each.name, each);
      }
    }
  }
  return { wanted, modules: modules.length };
}

/** A core instance: of a module with arguments, or of what it exports. */
interface CoreInstance {
  readonly bytes: Uint8Array;
  readonly module?: number;
  readonly args: readonly (readonly [path: string, instance: number])[];
}

function* coreInstances(body: Uint8Array): Generator<CoreInstance> {
  const reader = new Reader(body);
  for (let left = reader.number(); left > 0; left--) {
    const start = reader.at;
    const isMade = reader.byte() === 0;
    const module = isMade ? reader.number() : undefined;
    const args: [string, number][] = [];
    for (let more = reader.number(); more > 0; more--) {
      const path = reader.name();
      reader.byte();
      args.push([path, reader.number()]);
    }
    yield { bytes: reader.since(start), ...(module === undefined ? { args: [] } : { module, args }) };
  }
}

/** Goes through the sections, counting what they define. */
class Closing {
  readonly #sockets: Sockets;
  readonly #out: Section[] = [];
  #types = 0;
  #funcs = 0;
  #instances = 0;
  #coreInstances = 0;
  #modulesLeft: number;
  /** Numbers of the instances that were imported: of sockets, and by path of others. */
  readonly #closed = new Set<number>();
  readonly #open = new Map<string, number>();
  /** Numbers of functions of sockets, and their names. */
  readonly #functions = new Map<number, string>();
  /** Where the section is by which a type was defined. */
  readonly #typeAt = new Map<number, number>();

  constructor(sockets: Sockets) {
    this.#sockets = sockets;
    this.#modulesLeft = sockets.modules;
  }

  sections(all: readonly Section[]): Section[] {
    for (const section of all) {
      const { id, body } = section;
      if (id === ID.import) this.#import(section);
      else if (id === ID.alias) this.#each(section, (reader) => this.#alias(reader));
      else if (id === ID.canon) this.#each(section, (reader) => this.#canon(reader));
      else if (id === ID.coreInstance) this.#coreInstance(section);
      else {
        if (id === ID.type) this.#type(body);
        if (id === ID.instance) this.#instances += new Reader(body).number();
        if (id === ID.export) this.#export(body);
        this.#out.push(section);
        if (id === ID.module && --this.#modulesLeft === 0) this.#addStubs();
      }
    }
    return this.#out;
  }

  #addStubs(): void {
    for (const functions of this.#sockets.wanted.values()) {
      this.#out.push({ id: ID.module, body: stubModule([...functions.values()]) });
    }
  }

  #type(body: Uint8Array): void {
    const count = new Reader(body).number();
    if (count === 1) this.#typeAt.set(this.#types, this.#out.length);
    this.#types += count;
  }

  #import(section: Section): void {
    const reader = new Reader(section.body);
    const count = reader.number();
    for (let left = count; left > 0; left--) {
      reader.byte();
      const path = reader.name();
      const sort = reader.byte();
      if (sort === SORT.type) this.#types++;
      if (sort === SORT.func) this.#funcs++;
      if (sort === SORT.instance) {
        const type = reader.number();
        if (!isSockets(path)) this.#open.set(path.split("@")[0] as string, this.#instances++);
        else if (count !== 1) throw new RangeError("sockets are imported together with something else");
        else return this.#close(type);
      } else if (left > 1) throw new RangeError("imports stand together");
    }
    this.#out.push(section);
  }

  /** An instance that exports nothing, and a type that says nothing, in place of those of an import. */
  #close(type: number): void {
    const at = this.#typeAt.get(type);
    if (at === undefined || this.#out[at]?.body[1] !== INSTANCE_TYPE) {
      throw new RangeError("the type of the sockets is not where it should be");
    }
    this.#out[at] = { id: ID.type, body: Uint8Array.from(list([[0x7d]])) };
    this.#out.push({ id: ID.instance, body: Uint8Array.from(list([[1, 0]])) });
    this.#closed.add(this.#instances++);
  }

  /** Replaces definitions one by one. Each comes into a section of its own, as what replaces it can be of another sort. */
  #each({ id, body }: Section, replace: (reader: Reader) => Section | undefined): void {
    const reader = new Reader(body);
    for (let left = reader.number(); left > 0; left--) {
      const start = reader.at;
      const replaced = replace(reader);
      this.#out.push(replaced ?? { id, body: Uint8Array.from([1, ...reader.since(start)]) });
    }
  }

  #alias(reader: Reader): Section | undefined {
    const sort = reader.byte();
    if (sort === SORT.core) reader.byte();
    const target = reader.byte();
    const from = reader.number();
    if (target === 2) reader.number();
    const exported = target === 2 ? "" : reader.name();
    const isClosed = target === 0 && this.#closed.has(from);
    if (isClosed && sort === SORT.func) this.#functions.set(this.#funcs, exported);
    if (sort === SORT.type) this.#types++;
    if (sort === SORT.func) this.#funcs++;
    if (sort === SORT.instance) this.#instances++;
    if (!isClosed) return undefined;
    if (sort === SORT.type) return this.#aliasOf(sort, "wasi:io/poll", "pollable");
    if (sort === SORT.func) return this.#aliasOf(sort, "wasi:clocks/monotonic-clock", "now");
    throw new RangeError("of the sockets, something else than types and functions is used");
  }

  #aliasOf(sort: number, path: string, exported: string): Section {
    const instance = this.#open.get(path);
    if (instance === undefined) throw new RangeError(`${path} is not imported before the sockets`);
    return {
      id: ID.alias,
      body: Uint8Array.from(list([[sort, 0, ...number(instance), ...name(exported)]])),
    };
  }

  #canon(reader: Reader): Section | undefined {
    const kind = reader.byte();
    if (kind > 4) throw new RangeError("there are canonical functions of another kind");
    if (kind > 1) return void reader.number();
    reader.byte();
    const func = reader.number();
    for (let left = reader.number(); left > 0; left--) {
      const option = reader.byte();
      if (option > 2 && option !== 6) reader.number();
    }
    if (kind === 0) {
      reader.number();
      this.#funcs++;
      return undefined;
    }
    const exported = this.#functions.get(func);
    return exported === undefined ? undefined : this.#stubOf(exported);
  }

  /** What traps in place of a lowered function, once it is there; before, the function goes nowhere. */
  #stubOf(exported: string): Section | undefined {
    for (const [instance, functions] of this.#sockets.wanted) {
      if (instance >= this.#coreInstances || !functions.has(exported)) continue;
      const alias = [SORT.core, CORE_FUNC, 1, ...number(instance), ...name(exported)];
      return { id: ID.alias, body: Uint8Array.from(list([alias])) };
    }
    return undefined;
  }

  #coreInstance({ id, body }: Section): void {
    const stubs = [...this.#sockets.wanted.keys()];
    for (const { bytes } of coreInstances(body)) {
      const stub = stubs.indexOf(this.#coreInstances++);
      const made = stub < 0 ? bytes : [0, ...number(this.#sockets.modules + stub), 0];
      this.#out.push({ id, body: Uint8Array.from([1, ...made]) });
    }
  }

  #export(body: Uint8Array): void {
    const reader = new Reader(body);
    for (let left = reader.number(); left > 0; left--) {
      reader.byte();
      reader.name();
      const sort = reader.byte();
      reader.number();
      if (sort === SORT.func) this.#funcs++;
      if (sort === SORT.type) this.#types++;
      if (sort === SORT.instance) this.#instances++;
      if (reader.byte() === 1) throw new RangeError("an export says its type");
    }
  }
}
