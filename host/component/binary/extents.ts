/**
 * How large types are when they are written out.
 *
 * @module
 */

import { ExcessiveWasm } from "./bytes.ts";
import type { Type } from "./types.ts";

/** Largest type, written out, in parts; and how deep it may be. Past that it is no toolchain's. */
const MOST_PARTS = 10_000;
const DEEPEST = 100;

interface Extent {
  readonly parts: number;
  readonly depth: number;
}

/**
 * Checks how large a type would be if it were written out, where its own parts have been checked before. Every type must
 * pass: whatever walks the graph later relies on it, jco as well as {@linkcode typeText}.
 */
export class Extents {
  readonly #known = new WeakMap<Type, Extent>();

  /** Checks a type and gives it back. @throws {ExcessiveWasm} when it is too large. */
  check<T extends Type>(type: T): T {
    // Labels count too: an enum of thousands of cases has no other parts.
    let parts = type.kind === "value" ? 1 + type.parts.length : 1;
    let depth = 0;
    for (const part of partsOf(type)) {
      const extent = this.#known.get(part);
      parts += extent?.parts ?? 1;
      depth = Math.max(depth, extent?.depth ?? 1);
    }
    if (parts > MOST_PARTS || depth >= DEEPEST) throw new ExcessiveWasm("it has a type beyond all measure");
    this.#known.set(type, { parts, depth: depth + 1 });
    return type;
  }
}

function partsOf(type: Type): Type[] {
  switch (type.kind) {
    case "value":
      return type.parts.flatMap(({ type }) => type ? [type] : []);
    case "function":
      return [...type.parameters.map(({ type }) => type), type.result].filter((part) => part !== undefined);
    case "named":
      return [type.of];
    // Never written out as parts of something else.
    case "instance":
    case "resource":
      return [];
  }
}
