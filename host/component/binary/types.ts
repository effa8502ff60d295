/**
 * Types of the component model, as far as an inspection compares them: a graph, in which a type that is used several times
 * stands once.
 *
 * @module
 */

/** A type of values: what it is made by, and of what. */
export interface ValueType {
  readonly kind: "value";
  /** `u8`, `record`, `list`, `own`… */
  readonly head: string;
  /** Fields, cases, items. A part of a result without a type is `_`. */
  readonly parts: readonly Part[];
}

/** A part of a type, with what it has of a label and a type. */
export interface Part {
  readonly label?: string;
  readonly type?: Type;
}

/** A type of functions. */
export interface FunctionType {
  readonly kind: "function";
  readonly parameters: readonly Part[];
  readonly result?: Type;
}

/** A resource. One that an interface exports has its name there. */
export interface ResourceType {
  readonly kind: "resource";
  readonly owner?: InstanceType;
  readonly name?: string;
}

/** A type under the name by which an interface exports it. */
export interface NamedType {
  readonly kind: "named";
  readonly owner: InstanceType;
  readonly name: string;
  readonly of: Type;
}

/** A type of instances, or an instance: they are alike here. */
export interface InstanceType {
  readonly kind: "instance";
  readonly exports: ReadonlyMap<string, Item>;
  /** The interface that it was imported as, without the version. Known only once it has been imported. */
  interface?: string;
}

/** Any of them. */
export type Type = ValueType | FunctionType | ResourceType | NamedType | InstanceType;

/** What can be imported, exported or aliased, as far as toolchains do so. */
export type Item =
  | { readonly sort: "function"; readonly type: FunctionType }
  | { readonly sort: "type"; readonly type: Type }
  | { readonly sort: "instance"; readonly type: InstanceType };
