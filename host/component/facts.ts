/**
 * What a component is, found out without running it. Runs in the sandbox: the bytes are not to be trusted.
 *
 * @module
 */

import { kindOf, MalformedWasm } from "./binary.ts";
import { walk } from "./walk.ts";

/** Facts of a component; nothing in them says yet whether it is accepted. */
export interface Facts {
  readonly kind: "component" | "module" | "not-wasm";
  /** Why it cannot be read; empty when it can. */
  readonly malformed: string;
  readonly badNames: readonly string[];
  readonly largestFunction: number;
  readonly initialMemory: number;
  /** Names of the interfaces and functions that it imports. */
  readonly imports: readonly string[];
  /** What it exports: functions as `name: func(…) -> …`, interfaces by name. */
  readonly exports: readonly string[];
}

/** Most imports and exports that are listed; no toolchain comes near. */
const MOST_LISTED = 500;

/**
 * Finds them out.
 *
 * @param bytes What claims to be a component.
 * @param print Prints a component's world as WIT; throws when the component is not valid.
 */
export function factsOf(bytes: Uint8Array, print: (component: Uint8Array) => string): Facts {
  const kind = kindOf(bytes);
  const nothing = { badNames: [], largestFunction: 0, initialMemory: 0, imports: [], exports: [] };
  if (kind !== "component") return { kind, malformed: "", ...nothing };
  try {
    const { badNames, largestFunction, initialMemory } = walk(bytes);
    const sizes = { badNames, largestFunction, initialMemory };
    // What a crafted name could do is not tried out on the next tool.
    if (badNames.length > 0) return { kind, malformed: "", ...nothing, ...sizes };
    const world = print(bytes);
    const listed = (pattern: RegExp) =>
      [...world.matchAll(pattern)].slice(0, MOST_LISTED).map(([, what]) => what as string);
    return {
      kind,
      malformed: "",
      ...sizes,
      imports: listed(/^ {2}import ([^;{]+);/gm),
      exports: listed(/^ {2}export ([^;{]+);/gm),
    };
  } catch (error) {
    const malformed = error instanceof MalformedWasm ? error.message : firstLine(error);
    return { kind, malformed, ...nothing };
  }
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n")[0]?.slice(0, 500) || "it is not valid";
}
