/**
 * Reads a component with all that is nested in it: what its world is, and what an instance of it takes. Every section is
 * read to its end; what no toolchain makes is refused rather than guessed at, as the tool that reads the bytes next could
 * take it for something else.
 *
 * @module
 */

import { readAlias } from "./alias.ts";
import { kindOf, MalformedWasm, Reader, sectionsOf } from "./bytes.ts";
import { type Footprint, readModule } from "./core_module.ts";
import { addOnce, at, type ComponentShape, Scope } from "./scope.ts";
import { readDescription, readType } from "./type_reader.ts";
import type { InstanceType, Item } from "./types.ts";

/** What a component imports and exports, by name, and what an instance of it takes. */
export interface ComponentWorld extends ComponentShape {
  readonly imports: ReadonlyMap<string, Item>;
}

/** Sections of a component, by their number. */
const Section = {
  Custom: 0,
  Module: 1,
  CoreInstance: 2,
  Component: 4,
  Instance: 5,
  Alias: 6,
  Type: 7,
  Canon: 8,
  Import: 10,
  Export: 11,
};

/**
 * Reads a component's bytes; what there is to count goes to the scope's tally.
 *
 * @param scope Its own scope, still empty.
 * @throws {MalformedWasm}
 */
export function readComponent(bytes: Uint8Array, scope: Scope): ComponentWorld {
  if (kindOf(bytes) !== "component") throw new MalformedWasm("a nested component is none");
  return new ComponentReader(scope).read(bytes);
}

class ComponentReader {
  readonly #scope: Scope;
  readonly #imports = new Map<string, Item>();
  readonly #exports = new Map<string, Item>();
  #footprint: Footprint = { memory: 0, tableEntries: 0, instances: 0 };

  constructor(scope: Scope) {
    this.#scope = scope;
    scope.shared.tally.count("components");
  }

  read(bytes: Uint8Array): ComponentWorld {
    for (const { id, bytes: body } of sectionsOf(bytes)) {
      this.#scope.shared.tally.count("sections");
      if (id === Section.Module) this.#scope.modules.push(readModule(body, this.#scope.shared.tally));
      else if (id === Section.Component) this.#component(body);
      else if (id === Section.Custom) this.#scope.name(new Reader(body));
      else this.#vector(id, new Reader(body));
    }
    return { imports: this.#imports, exports: this.#exports, footprint: this.#footprint };
  }

  #component(bytes: Uint8Array): void {
    this.#scope.components.push(readComponent(bytes, new Scope(this.#scope.shared, this.#scope)));
  }

  #vector(id: number, reader: Reader): void {
    const readItem = this.#itemReader(id, reader);
    if (!readItem) throw new MalformedWasm(`it has a section that no toolchain makes (${id})`);
    reader.each(readItem);
    reader.end();
  }

  #itemReader(id: number, reader: Reader): (() => void) | undefined {
    switch (id) {
      case Section.CoreInstance:
        return () => this.#coreInstance(reader);
      case Section.Instance:
        return () => this.#instance(reader);
      case Section.Alias:
        return () => readAlias(reader, this.#scope);
      case Section.Type:
        return () => this.#scope.define({ sort: "type", type: readType(reader, this.#scope) });
      case Section.Canon:
        return () => this.#canon(reader);
      case Section.Import:
        return () => this.#import(reader);
      case Section.Export:
        return () => this.#export(reader);
      default:
        return undefined;
    }
  }

  #takes({ memory, tableEntries, instances }: Footprint): void {
    // Instances of instances multiply: counted as what they are in the end, not as often as they are written down.
    this.#scope.shared.tally.count("instances", instances);
    this.#footprint = {
      memory: this.#footprint.memory + memory,
      tableEntries: this.#footprint.tableEntries + tableEntries,
      instances: this.#footprint.instances + instances,
    };
  }

  #coreInstance(reader: Reader): void {
    const form = reader.byte();
    if (form > 1) throw new MalformedWasm("a core instance of unknown kind");
    this.#takes(form === 0 ? at(this.#scope.modules, reader.u32()) : BUNDLE);
    reader.each(() => {
      this.#scope.name(reader);
      const sort = reader.byte();
      // An instance is instantiated with instances, and bundles everything but these.
      if (form === 0 ? sort !== 0x12 : sort > 0x04) throw new MalformedWasm("a core item of unknown sort");
      reader.u32();
    });
  }

  #instance(reader: Reader): void {
    const form = reader.byte();
    if (form > 1) throw new MalformedWasm("an instance of unknown kind");
    if (form === 0) {
      const { exports, footprint } = at(this.#scope.components, reader.u32());
      this.#takes(footprint);
      reader.each(() => {
        this.#scope.name(reader);
        this.#scope.sortAndItem(reader);
      });
      return this.#scope.define({ sort: "instance", type: { kind: "instance", exports } });
    }
    this.#takes(BUNDLE);
    const exports = new Map<string, Item>();
    reader.each(() => addOnce(exports, this.#scope.externName(reader), this.#scope.sortAndItem(reader)));
    this.#scope.define({ sort: "instance", type: { kind: "instance", exports } });
  }

  /** Functions that are lifted have a type here; what is lowered is a core function, whose number is not kept. */
  #canon(reader: Reader): void {
    this.#scope.shared.tally.count("canonical functions");
    switch (reader.byte()) {
      case 0x00: {
        if (reader.byte() !== 0x00) throw new MalformedWasm("a canonical function of unknown kind");
        reader.u32();
        reader.each(() => readOption(reader));
        const type = at(this.#scope.types, reader.u32());
        if (type.kind !== "function") throw new MalformedWasm("the type of a function is another");
        return this.#scope.define({ sort: "function", type });
      }
      case 0x01:
        if (reader.byte() !== 0x00) throw new MalformedWasm("a canonical function of unknown kind");
        reader.u32();
        return reader.each(() => readOption(reader));
      // resource.new
      case 0x02:
        this.#scope.shared.tally.ownResources = true;
        at(this.#scope.types, reader.u32());
        return;
      // resource.drop, resource.rep
      case 0x03:
      case 0x04:
        at(this.#scope.types, reader.u32());
        return;
      default:
        throw new MalformedWasm(
          "it uses asynchronous functions or threads, which actors cannot: build it without",
        );
    }
  }

  #import(reader: Reader): void {
    const name = this.#scope.externName(reader);
    const described = readDescription(reader, this.#scope);
    const item: Item = described.sort === "instance"
      ? { sort: "instance", type: imported(described.type, name) }
      : described;
    addOnce(this.#imports, name, item);
    this.#scope.define(item);
  }

  #export(reader: Reader): void {
    const name = this.#scope.externName(reader);
    const item = this.#scope.sortAndItem(reader);
    const ascribed = reader.byte();
    if (ascribed > 1) throw new MalformedWasm("neither a type nor none");
    const exported = ascribed === 1 ? readDescription(reader, this.#scope) : item;
    if (exported.sort !== item.sort) throw new MalformedWasm("an export is described as another sort");
    addOnce(this.#exports, name, exported);
    this.#scope.define(exported);
  }
}

/** What an instance takes that only names what there is. */
const BUNDLE: Footprint = { memory: 0, tableEntries: 0, instances: 1 };

/** An import makes an instance out of a type of instances, and its resources belong to that instance. */
function imported(type: InstanceType, name: string): InstanceType {
  const unversioned = name.replace(/@.*$/, "");
  if (type.interface !== undefined && type.interface !== unversioned) {
    throw new MalformedWasm("two imports have one definition of their type, which no toolchain makes");
  }
  type.interface = unversioned;
  return type;
}

/** An option of a canonical function: how strings are encoded, its memory, its allocator, what to call afterwards. */
function readOption(reader: Reader): void {
  const option = reader.byte();
  if (option > 0x05) {
    throw new MalformedWasm("it uses asynchronous functions, which actors cannot: build it without");
  }
  if (option > 0x02) reader.u32();
}
