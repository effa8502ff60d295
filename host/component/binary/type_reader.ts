/**
 * Reads type definitions of the component model.
 *
 * @module
 */

import { MalformedWasm, type Reader } from "./bytes.ts";
import { readAlias } from "./alias.ts";
import { addOnce, at, readSort, Scope } from "./scope.ts";
import type { InstanceType, Item, Part, Type, ValueType } from "./types.ts";

/** Primitive types, by their byte. */
const PRIMITIVES: Readonly<Record<number, string>> = {
  0x7f: "bool",
  0x7e: "s8",
  0x7d: "u8",
  0x7c: "s16",
  0x7b: "u16",
  0x7a: "s32",
  0x79: "u32",
  0x78: "s64",
  0x77: "u64",
  0x76: "f32",
  0x75: "f64",
  0x74: "char",
  0x73: "string",
};

/** Constructors of types, by their byte. */
const Form = {
  Record: 0x72,
  Variant: 0x71,
  List: 0x70,
  Tuple: 0x6f,
  Flags: 0x6e,
  Enum: 0x6d,
  Option: 0x6b,
  Result: 0x6a,
  Own: 0x69,
  Borrow: 0x68,
  Function: 0x40,
  Instance: 0x42,
  Resource: 0x3f,
};

/** Reads one definition. It is not yet given a number. @throws {MalformedWasm} */
export function readType(reader: Reader, scope: Scope): Type {
  const { tally, extents } = scope.shared;
  tally.count("types");
  return extents.check(readForm(reader, scope));
}

function readForm(reader: Reader, scope: Scope): Type {
  const byte = reader.byte();
  const primitive = PRIMITIVES[byte];
  if (primitive) return value(primitive);
  switch (byte) {
    case Form.Record:
      return value("record", reader.list(() => readLabelled(reader, scope)));
    case Form.Variant:
      return value("variant", reader.list(() => readCase(reader, scope)));
    case Form.List:
      return value("list", [{ type: readValueType(reader, scope) }]);
    case Form.Tuple:
      return value("tuple", reader.list(() => ({ type: readValueType(reader, scope) })));
    case Form.Flags:
      return value("flags", reader.list(() => ({ label: scope.name(reader) })));
    case Form.Enum:
      return value("enum", reader.list(() => ({ label: scope.name(reader) })));
    case Form.Option:
      return value("option", [{ type: readValueType(reader, scope) }]);
    case Form.Result:
      return readResult(reader, scope);
    case Form.Own:
      return value("own", [{ type: at(scope.types, reader.u32()) }]);
    case Form.Borrow:
      return value("borrow", [{ type: at(scope.types, reader.u32()) }]);
    case Form.Function:
      return readFunction(reader, scope);
    case Form.Instance:
      return readInstanceType(reader, scope);
    case Form.Resource:
      return readResource(reader);
    default:
      throw new MalformedWasm(`it has a type that this host does not know (0x${byte.toString(16)})`);
  }
}

function value(head: string, parts: readonly Part[] = []): ValueType {
  return { kind: "value", head, parts };
}

/** A primitive type, or the number of one that was defined. */
function readValueType(reader: Reader, scope: Scope): Type {
  const code = reader.s33();
  if (code >= 0) return at(scope.types, code);
  const primitive = PRIMITIVES[code + 0x80];
  if (!primitive) throw new MalformedWasm("a type of values that this host does not know");
  return value(primitive);
}

function readOptional(reader: Reader, scope: Scope): Part {
  const present = reader.byte();
  if (present > 1) throw new MalformedWasm("neither a type nor none");
  return present === 1 ? { type: readValueType(reader, scope) } : {};
}

function readLabelled(reader: Reader, scope: Scope): Part {
  return { label: scope.name(reader), type: readValueType(reader, scope) };
}

function readCase(reader: Reader, scope: Scope): Part {
  const part = { label: scope.name(reader), ...readOptional(reader, scope) };
  if (reader.byte() !== 0) throw new MalformedWasm("a case that refines another");
  return part;
}

function readResult(reader: Reader, scope: Scope): ValueType {
  const ok = readOptional(reader, scope);
  const error = readOptional(reader, scope);
  return value("result", error.type ? [ok, error] : ok.type ? [ok] : []);
}

function readFunction(reader: Reader, scope: Scope): Type {
  const parameters = reader.list(() => readLabelled(reader, scope));
  const form = reader.byte();
  if (form === 0) return { kind: "function", parameters, result: readValueType(reader, scope) };
  if (form !== 1 || reader.byte() !== 0) throw new MalformedWasm("a function with named results");
  return { kind: "function", parameters };
}

function readResource(reader: Reader): Type {
  if (reader.byte() !== 0x7f) throw new MalformedWasm("a resource that is not an i32");
  const destructor = reader.byte();
  if (destructor > 1) throw new MalformedWasm("neither a destructor nor none");
  if (destructor === 1) reader.u32();
  return { kind: "resource" };
}

function readInstanceType(reader: Reader, scope: Scope): Type {
  const exports = new Map<string, Item>();
  const owner: InstanceType = { kind: "instance", exports };
  const inside = new Scope(scope.shared, scope);
  reader.each(() => {
    switch (reader.byte()) {
      case 0x01:
        return inside.define({ sort: "type", type: readType(reader, inside) });
      case 0x02:
        return readAlias(reader, inside);
      case 0x04: {
        const name = inside.externName(reader);
        const item = readDescription(reader, inside, { owner, name });
        addOnce(exports, name, item);
        return inside.define(item);
      }
      default:
        throw new MalformedWasm("an interface declares what no toolchain does");
    }
  });
  return owner;
}

/**
 * Reads what an import or export is described as.
 *
 * @param naming The interface that exports it, and its name there: types carry it from there on.
 */
export function readDescription(
  reader: Reader,
  scope: Scope,
  naming?: { readonly owner: InstanceType; readonly name: string },
): Item {
  const sort = readSort(reader);
  if (sort === "type") return { sort, type: readBound(reader, scope, naming) };
  const type = at(scope.types, reader.u32());
  if (sort === "function" && type.kind === "function") return { sort, type };
  if (sort === "instance" && type.kind === "instance") return { sort, type };
  throw new MalformedWasm(`the type of a ${sort} is another`);
}

/** A type that is equal to another, or a resource of its own. */
function readBound(
  reader: Reader,
  scope: Scope,
  naming?: { readonly owner: InstanceType; readonly name: string },
): Type {
  switch (reader.byte()) {
    case 0x00: {
      const of = at(scope.types, reader.u32());
      return naming ? scope.shared.extents.check({ kind: "named", ...naming, of }) : of;
    }
    case 0x01:
      return { kind: "resource", ...naming };
    default:
      throw new MalformedWasm("a bound of unknown kind");
  }
}
