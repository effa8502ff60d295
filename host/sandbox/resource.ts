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

/** A class that answers its own methods only: neither `constructor`, nor what functions have, can be reached by name. */
export function resource(methods: Record<string, Callable> = {}): new () => object {
  const Resource = class {};
  const prototype = Resource.prototype as unknown as Record<string, unknown>;
  Reflect.deleteProperty(prototype, "constructor");
  Object.setPrototypeOf(prototype, null);
  for (const [name, method] of Object.entries(methods)) prototype[name] = method;
  Object.freeze(prototype);
  Object.setPrototypeOf(Resource, null);
  return Object.freeze(Resource);
}
