/**
 * Reads aliases: further numbers for what another scope, or an instance, defines.
 *
 * @module
 */

import { MalformedWasm, type Reader } from "./bytes.ts";
import { at, readSort, type Scope } from "./scope.ts";

/** What an alias refers to. */
const Target = { Export: 0, CoreExport: 1, Outer: 2 };

/** Reads one and defines it. @throws {MalformedWasm} */
export function readAlias(reader: Reader, scope: Scope): void {
  // Numbers of core items are not kept: nothing that is compared depends on them.
  if (reader.peek() === 0x00) return readCoreAlias(reader, scope);
  const sort = readSort(reader);
  switch (reader.byte()) {
    case Target.Export: {
      const instance = at(scope.instances, reader.u32());
      const name = scope.name(reader);
      const item = instance.exports.get(name);
      if (item?.sort !== sort) {
        throw new MalformedWasm(`an instance has no ${sort} ${JSON.stringify(name.slice(0, 100))}`);
      }
      return scope.define(item);
    }
    case Target.Outer: {
      const outer = scope.outer(reader.u32());
      const index = reader.u32();
      if (sort !== "type") throw new MalformedWasm(`an alias of a ${sort} of an outer component`);
      return scope.define({ sort, type: at(outer.types, index) });
    }
    default:
      throw new MalformedWasm("an alias of unknown kind");
  }
}

/** Core sorts of what instances of modules export. */
const CORE_SORTS = [0x00, 0x01, 0x02, 0x03, 0x04];

function readCoreAlias(reader: Reader, scope: Scope): void {
  reader.byte();
  if (!CORE_SORTS.includes(reader.byte()) || reader.byte() !== Target.CoreExport) {
    throw new MalformedWasm("an alias of a core item of unknown kind");
  }
  reader.u32();
  scope.name(reader);
}
