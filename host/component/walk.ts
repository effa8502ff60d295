/**
 * Walks a component with all that is nested in it, and collects what matters before anything else touches it: every name
 * that could come to stand in generated code, the largest function, the memories.
 *
 * @module
 */

import { kindOf, MalformedWasm, Reader, sectionsOf } from "./binary.ts";

/** What a walk has found. */
export interface Walk {
  /** Names of imports, exports and aliases that are none of the toolchains' kind; the first few. */
  readonly badNames: readonly string[];
  /** Largest body of a function, in bytes. */
  readonly largestFunction: number;
  /** Sum of the initial sizes of all memories, in bytes. */
  readonly initialMemory: number;
  /** Core modules and components in it. */
  readonly parts: number;
}

/** What names of all toolchains look like. Generated code holds names as they are. */
const NAME = /^[A-Za-z0-9_ #$./:@\[\]|-]{0,256}$/;
/** Most modules and components in a component, and how deep they may be nested. */
const MOST_PARTS = 256;
const DEEPEST = 16;
/** Most names of imports, exports and aliases. */
const MOST_NAMES = 100_000;
const PAGE_BYTES = 65_536;

/** Walks the bytes of a component. @throws {MalformedWasm} */
export function walk(component: Uint8Array): Walk {
  const walker = new Walker();
  walker.component(component, 0);
  return walker;
}

class Walker implements Walk {
  readonly badNames: string[] = [];
  largestFunction = 0;
  initialMemory = 0;
  parts = 0;
  #names = 0;

  component(bytes: Uint8Array, depth: number): void {
    this.#part(depth);
    for (const { id, bytes: body } of sectionsOf(bytes)) {
      switch (id) {
        case 1:
          this.#module(body, depth + 1);
          break;
        case 2:
          this.#coreInstances(new Reader(body));
          break;
        case 4:
          if (kindOf(body) !== "component") throw new MalformedWasm("a nested component is none");
          this.component(body, depth + 1);
          break;
        case 5:
          this.#instances(new Reader(body));
          break;
        case 6:
          this.#aliases(new Reader(body));
          break;
        case 10:
          this.#firstNames(new Reader(body));
          break;
        case 11:
          this.#firstNames(new Reader(body));
          break;
        default:
          // Types, canonical functions and custom sections hold no name that is copied as it is: names in types are
          // checked to be kebab-case by the tool that reads them.
          if (id > 12) throw new MalformedWasm(`a section of unknown kind ${id}`);
      }
    }
  }

  #part(depth: number): void {
    if (++this.parts > MOST_PARTS) throw new MalformedWasm(`more than ${MOST_PARTS} modules and components`);
    if (depth > DEEPEST) throw new MalformedWasm(`nested more than ${DEEPEST} deep`);
  }

  #name(name: string): void {
    if (++this.#names > MOST_NAMES) throw new MalformedWasm(`more than ${MOST_NAMES} names`);
    if (!NAME.test(name) && this.badNames.length < 5) this.badNames.push(name.slice(0, 300));
  }

  #module(bytes: Uint8Array, depth: number): void {
    this.#part(depth);
    if (kindOf(bytes) !== "module") throw new MalformedWasm("a nested module is none");
    for (const { id, bytes: body } of sectionsOf(bytes)) {
      const reader = new Reader(body);
      if (id === 2) { for (let n = reader.u32(); n > 0; n--) this.#coreImport(reader); }
      else if (id === 5) { for (let n = reader.u32(); n > 0; n--) this.#memory(reader); }
      else if (id === 7) {
        for (let n = reader.u32(); n > 0; n--) {
          this.#name(reader.name());
          reader.byte();
          reader.u32();
        }
      } else if (id === 10) {
        for (let n = reader.u32(); n > 0; n--) {
          const { length } = reader.take(reader.u32());
          this.largestFunction = Math.max(this.largestFunction, length);
        }
      } else if (id > 13) throw new MalformedWasm(`a module section of unknown kind ${id}`);
    }
  }

  #coreImport(reader: Reader): void {
    this.#name(reader.name());
    this.#name(reader.name());
    switch (reader.byte()) {
      case 0:
        reader.u32();
        break;
      case 1:
        this.#refType(reader);
        this.#limits(reader);
        break;
      case 2:
        this.#limits(reader);
        break;
      case 3:
        this.#refType(reader);
        reader.byte();
        break;
      case 4:
        reader.byte();
        reader.u32();
        break;
      default:
        throw new MalformedWasm("an import of unknown kind");
    }
  }

  /** A value or reference type; those with a heap type have more bytes. */
  #refType(reader: Reader): void {
    const type = reader.byte();
    if (type === 0x63 || type === 0x64) reader.u64();
  }

  #limits(reader: Reader): number {
    const flags = reader.byte();
    if (flags > 7) throw new MalformedWasm("limits of an unknown kind");
    const initial = reader.u64();
    if (flags & 1) reader.u64();
    return initial;
  }

  #memory(reader: Reader): void {
    this.initialMemory += this.#limits(reader) * PAGE_BYTES;
  }

  #coreInstances(reader: Reader): void {
    for (let n = reader.u32(); n > 0; n--) {
      const form = reader.byte();
      if (form === 0) reader.u32();
      else if (form !== 1) throw new MalformedWasm("a core instance of unknown kind");
      for (let m = reader.u32(); m > 0; m--) {
        this.#name(reader.name());
        reader.byte();
        reader.u32();
      }
    }
  }

  #instances(reader: Reader): void {
    for (let n = reader.u32(); n > 0; n--) {
      const form = reader.byte();
      if (form === 0) reader.u32();
      else if (form !== 1) throw new MalformedWasm("an instance of unknown kind");
      for (let m = reader.u32(); m > 0; m--) {
        if (form === 1) this.#externName(reader);
        else this.#name(reader.name());
        this.#sort(reader);
        reader.u32();
      }
    }
  }

  #aliases(reader: Reader): void {
    for (let n = reader.u32(); n > 0; n--) {
      this.#sort(reader);
      const target = reader.byte();
      reader.u32();
      if (target === 0 || target === 1) this.#name(reader.name());
      else if (target === 2) reader.u32();
      else throw new MalformedWasm("an alias of unknown kind");
    }
  }

  /** The first name of a section of imports or exports; the others follow types, which the tool that reads them checks. */
  #firstNames(reader: Reader): void {
    if (reader.u32() > 0) this.#externName(reader);
  }

  #externName(reader: Reader): void {
    const form = reader.byte();
    if (form > 2) throw new MalformedWasm("a name of unknown kind");
    this.#name(reader.name());
    if (form === 2) reader.name();
  }

  #sort(reader: Reader): void {
    if (reader.byte() === 0) reader.byte();
  }
}
