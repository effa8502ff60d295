/**
 * The index spaces of a component, or of a type of instances: what its sections define, in the order in which they do, to
 * be referred to by number.
 *
 * @module
 */

import { ExcessiveWasm, MalformedWasm, type Reader } from "./bytes.ts";
import type { Footprint } from "./core_module.ts";
import type { Tally } from "./tally.ts";
import type { Extents } from "./extents.ts";
import type { FunctionType, InstanceType, Item, Type } from "./types.ts";

/** A component, seen from the one that it is nested in. */
export interface ComponentShape {
  readonly exports: ReadonlyMap<string, Item>;
  readonly footprint: Footprint;
}

/** What all scopes of one inspection share. */
export interface Shared {
  readonly tally: Tally;
  readonly extents: Extents;
}

/** How deep components and types of instances may be nested; toolchains go to three. */
const DEEPEST = 10;

/** One scope. */
export class Scope {
  readonly types: Type[] = [];
  readonly functions: FunctionType[] = [];
  readonly instances: InstanceType[] = [];
  readonly components: ComponentShape[] = [];
  readonly modules: Footprint[] = [];
  readonly shared: Shared;
  readonly #parent: Scope | undefined;
  readonly #depth: number;

  /** @throws {ExcessiveWasm} when it is nested too deep. */
  constructor(shared: Shared, parent?: Scope) {
    this.shared = shared;
    this.#parent = parent;
    this.#depth = parent ? parent.#depth + 1 : 0;
    if (this.#depth > DEEPEST) throw new ExcessiveWasm(`it is nested more than ${DEEPEST} deep`);
  }

  /** Reads a name, which is checked. */
  name(reader: Reader): string {
    return this.shared.tally.name(reader.name());
  }

  /** Reads the name of an import or export. */
  externName(reader: Reader): string {
    if (reader.byte() > 1) throw new MalformedWasm("a name of unknown kind");
    return this.name(reader);
  }

  /** Gives an item the next number of its sort. */
  define(item: Item): void {
    if (item.sort === "type") this.types.push(item.type);
    else if (item.sort === "function") this.functions.push(item.type);
    else this.instances.push(item.type);
  }

  /** Reads a sort and a number, and gives the item. */
  sortAndItem(reader: Reader): Item {
    const sort = readSort(reader);
    const index = reader.u32();
    if (sort === "type") return { sort, type: at(this.types, index) };
    if (sort === "function") return { sort, type: at(this.functions, index) };
    return { sort, type: at(this.instances, index) };
  }

  /** The scope that many levels out. */
  outer(count: number): Scope {
    const scope = count === 0 ? this : this.#parent?.outer(count - 1);
    if (!scope) throw new MalformedWasm("an alias reaches beyond the component");
    return scope;
  }
}

/** An entry of an index space. @throws {MalformedWasm} when there is none. */
export function at<T>(space: readonly T[], index: number): T {
  const entry = space[index];
  if (entry === undefined) throw new MalformedWasm("it refers to what it does not define");
  return entry;
}

/** Reads a sort of items; modules, components and values are not passed around by any toolchain. */
export function readSort(reader: Reader): Item["sort"] {
  const byte = reader.byte();
  if (byte === 0x01) return "function";
  if (byte === 0x03) return "type";
  if (byte === 0x05) return "instance";
  throw new MalformedWasm("it passes around modules, components or values, which no toolchain does");
}

/** Adds an import or export to those that there are. @throws {MalformedWasm} when its name is taken. */
export function addOnce(items: Map<string, Item>, name: string, item: Item): void {
  if (items.has(name)) {
    throw new MalformedWasm(`it has ${JSON.stringify(name.slice(0, 100))} twice in one place`);
  }
  items.set(name, item);
}
