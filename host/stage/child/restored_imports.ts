/**
 * Watches what an instance is given while it is made: an instance that was told something then which another would not be
 * told, such as a random number, would tell it to every envelope.
 *
 * @module
 */

import { bare } from "../../sandbox/resource.ts";

/** Interfaces whose functions say the same to every instance, whenever it is made. */
const CONSTANT = /^wasi:(cli|io|config)\//;

/** Import objects by interface. */
type Imports = Record<string, object>;

/**
 * The imports, with a word of each call to what may not say the same again. Those of classes need none: whoever has an
 * object of such a class has it of a function.
 *
 * @param told Called with the name of what is called.
 */
export function watchImports(imports: Imports, told: (what: string) => void): Imports {
  const watched = Object.entries(imports).map(([path, members]) => {
    if (CONSTANT.test(path)) return [path, members] as const;
    const functions = Object.entries(members).map(([name, member]) => {
      if (typeof member !== "function" || /^[A-Z]/.test(name)) return [name, member] as const;
      const call = (...args: unknown[]) => {
        let answer: unknown;
        try {
          return answer = member(...args);
        } finally {
          if (!isNothing(answer)) told(`${path} ${name}`);
        }
      };
      return [name, call] as const;
    });
    return [path, bare(Object.fromEntries(functions))] as const;
  });
  return bare(Object.fromEntries(watched));
}

/** A list of nothing tells nothing: such as the folders of an actor that has none. */
function isNothing(answer: unknown): boolean {
  return Array.isArray(answer) && answer.length === 0;
}
