/**
 * Objects and classes for jco's glue that answer what they are meant to, and nothing else.
 *
 * @module
 */

/** A method of a resource. */
export type Callable = (...args: never[]) => unknown;

/** An object that answers its own names only. */
export function bare<T extends object>(members: T): T {
  return Object.freeze(Object.assign(Object.create(null), members));
}

/** A class that answers its own methods only. */
export function resource(methods: Record<string, Callable> = {}): new () => object {
  return sealed(class {}, { methods });
}

/** What a class is to answer to. */
export interface Members {
  readonly methods: Readonly<Record<PropertyKey, unknown>>;
  /** @default none */
  readonly statics?: Readonly<Record<string, unknown>>;
}

/** Has a class answer these names only: neither `constructor`, nor what functions have, can be reached. */
export function sealed<C extends abstract new (...args: never[]) => object>(
  Class: C,
  { methods, statics = {} }: Members,
): C {
  const prototype = Class.prototype as object;
  Reflect.deleteProperty(prototype, "constructor");
  Object.setPrototypeOf(prototype, null);
  Object.freeze(Object.assign(prototype, methods));
  for (const [name, member] of Object.entries(statics)) Reflect.set(Class, name, member);
  Object.setPrototypeOf(Class, null);
  return Object.freeze(Class);
}
