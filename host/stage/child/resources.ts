/**
 * Resources that guests get from imports: classes as the glue wants them, with state that nobody else can reach.
 *
 * @module
 */

import { sealed } from "../../sandbox/resource.ts";
import type { GuestText } from "./guest_text.ts";
import type { Mesh } from "./mesh.ts";

/** A result's error that says nothing more, as the glue expects it. */
export function refuse(): never {
  throw undefined;
}

/** A function of an import, or a method, whose first argument is the state of its resource. */
// deno-lint-ignore no-explicit-any
export type Method = (...args: any[]) => unknown;

/** What a resource is. */
export interface ResourceOptions<S extends object> {
  /** Makes the state of one that the guest makes. @default guests make none */
  readonly construct?: Method;
  /** By their names in glue. */
  readonly methods?: Readonly<Record<string, (state: S, ...args: never[]) => unknown>>;
  /** Those during which the guest waits. */
  readonly waiting?: Readonly<Record<string, (state: S, ...args: never[]) => Promise<unknown>>>;
  readonly statics?: Readonly<Record<string, Method>>;
  /** Called when the guest has let go of one. */
  readonly drop?: (state: S) => void;
}

/** A class of resources. */
export interface Resource<S extends object> {
  /** For the glue. */
  readonly Class: object;
  /** Makes one for the guest. */
  make(state: S): object;
  /** The state of one that came from the guest. @throws {TypeError} for what is none. */
  of(object: object): S;
}

/** Makes the classes and functions of one instance's imports. */
export class Imports {
  readonly #hop: () => Mesh;
  readonly #text: GuestText;

  constructor(hop: () => Mesh, text: GuestText) {
    this.#hop = hop;
    this.#text = text;
  }

  /** A function that the guest calls: it may hand over as much text with the next call again. */
  plain<A extends unknown[], R>(call: (...args: A) => R): (...args: A) => R {
    return (...args) => {
      try {
        return call(...args);
      } finally {
        this.#text.reset();
      }
    };
  }

  /**
   * A function during which the guest waits. Glue that waits does not get over an import that throws what is no error of
   * its interface: the hop ends with that instead.
   */
  waiting<A extends unknown[], R>(call: (...args: A) => Promise<R>): (...args: A) => Promise<R> {
    return async (...args) => {
      try {
        return await call(...args);
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        return await this.wait(Promise.reject(error));
      } finally {
        this.#text.reset();
      }
    };
  }

  /** The guest waits for something, while others run. */
  async wait<T>(something: Promise<T>): Promise<T> {
    return await this.#hop().calls.wait(something);
  }

  /** Makes a class. It answers its own names only. */
  define<S extends object>(options: ResourceOptions<S>): Resource<S> {
    const { construct, methods = {}, waiting = {}, statics = {}, drop } = options;
    const states = new WeakMap<object, S>();
    const of = (object: object): S => {
      const state = states.get(object);
      if (!state) throw new TypeError("a handle that is none");
      return state;
    };
    const making = construct && this.plain(construct as (...args: unknown[]) => S);
    const Class = class {
      constructor(...args: unknown[]) {
        if (!making) throw new TypeError("a resource that guests do not make");
        states.set(this, making(...args));
      }
    };
    const bound: Record<PropertyKey, unknown> = {};
    const add = (name: PropertyKey, call: (state: S, ...args: never[]) => unknown, isWaiting = false) => {
      const method = (self: object, ...args: never[]) => call(of(self), ...args);
      const made = isWaiting ? this.waiting(method as never) : this.plain(method);
      bound[name] = function (this: object, ...args: never[]) {
        return (made as typeof method)(this, ...args);
      };
    };
    for (const [name, call] of Object.entries(methods)) add(name, call);
    for (const [name, call] of Object.entries(waiting)) add(name, call, true);
    if (drop) add(Symbol.dispose, drop);
    const functions = Object.entries(statics).map(([name, call]) => [name, this.plain(call)]);
    sealed(Class, { methods: bound, statics: Object.fromEntries(functions) });
    const make = (state: S) => {
      const object = Object.create(Class.prototype);
      states.set(object, state);
      return object;
    };
    return { Class, make, of };
  }
}
