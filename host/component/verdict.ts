/**
 * Whether a component may run: its facts against the world of an actor, the grants and the limits.
 *
 * @module
 */

import type { Grants, Limits } from "../limits.ts";
import { HARMLESS_INTERFACES } from "../sandbox/wasi.ts";
import type { ImportNeed, Inspection, Refusal } from "./component.ts";
import type { Facts } from "./facts.ts";

/** A function that is larger may cost the optimising compiler gigabytes: the component runs with the baseline compiler. */
export const BASELINE_FUNCTION_BYTES = 64 * 1024;
/** A function that is larger is refused. */
const LARGEST_FUNCTION_BYTES = 1024 * 1024;

/** Interfaces of the contract, in any version of its line. */
const CONTRACT = /^troupe:actor\/(mesh|failures)@0\.1\.\d+$/;
/** The one function of an actor, whichever name its toolchain gives to the text. */
const HANDLE = /^handle: func\([a-z0-9-]+: (json|string)\) -> result<option<(json|string)>, failure>$/;
/** What toolchains export besides; it is never called. */
const TOOLCHAIN_EXPORTS = /^(init: func\(.*|exports)$/;

/** Grants by the interfaces that they are for. */
const GRANTED: readonly (readonly [RegExp, string])[] = [
  [/^wasi:http\//, "http"],
  [/^wasi:keyvalue\//, "state"],
  [/^wasi:config\//, "env"],
];

/** What an import needs. */
export function needOf(name: string): ImportNeed {
  if (CONTRACT.test(name)) return { name, need: "contract" };
  const [path, version] = name.split("@");
  if (path && HARMLESS_INTERFACES.has(path) && /^0\.2\.\d+$/.test(version ?? "")) {
    return { name, need: "harmless" };
  }
  const grant = GRANTED.find(([pattern]) => pattern.test(name))?.[1];
  return grant ? { name, need: "grant", grant } : { name, need: "unknown" };
}

/** What an inspection is to say. */
export interface VerdictRules {
  readonly digest: string;
  readonly size: number;
  /** The actor's grants; none of those that there are so far opens an interface. */
  readonly grants: Grants;
  readonly limits: Pick<Limits, "memoryBytes">;
}

/** Judges a component. */
export function judge(facts: Facts, { digest, size, limits }: VerdictRules): Inspection {
  const imports = facts.imports.map(needOf);
  return {
    digest,
    size,
    kind: facts.kind,
    imports,
    exports: facts.exports,
    largestFunction: facts.largestFunction,
    initialMemory: facts.initialMemory,
    refusals: refusalsOf(facts, { imports, limits }),
  };
}

function refusalsOf(
  facts: Facts,
  { imports, limits }: { imports: readonly ImportNeed[]; limits: Pick<Limits, "memoryBytes"> },
): Refusal[] {
  if (facts.kind === "not-wasm") {
    return [{
      code: "troupe.NotWasm",
      message: "It is not WebAssembly: build the actor (troupe build) and name its .wasm file",
    }];
  }
  if (facts.kind === "module") {
    const message =
      "It is a core module, not a component: build it for the component model (troupe build does)";
    return [{ code: "troupe.NotAComponent", message }];
  }
  if (facts.malformed) {
    return [{ code: "troupe.BadComponent", message: `It is not a valid component: ${facts.malformed}` }];
  }
  if (facts.badNames.length > 0) {
    const names = facts.badNames.map((name) => JSON.stringify(name)).join(", ");
    return [{
      code: "troupe.BadName",
      message: `It has names that no toolchain makes, which could run as code: ${names}`,
    }];
  }
  return [...imports.flatMap(importRefusal), ...worldRefusals(facts), ...sizeRefusals(facts, limits)];
}

function importRefusal({ name, need, grant }: ImportNeed): Refusal[] {
  if (need === "grant") {
    const message =
      `It imports ${name}, which needs the grant "${grant}": spec.grants.${grant} of its actor.yaml does not give it`;
    return [{ code: "troupe.ImportDenied", message }];
  }
  if (need !== "unknown") return [];
  const sockets = name.startsWith("wasi:sockets/");
  const advice = sockets
    ? "no grant gives sockets; outgoing requests go through wasi:http and spec.grants.http"
    : "no grant gives it; build the actor without it";
  return [{ code: "troupe.ImportDenied", message: `It imports ${name}: ${advice}` }];
}

function worldRefusals({ exports }: Facts): Refusal[] {
  const handle = exports.find((name) => name.startsWith("handle:"));
  if (!handle) {
    const has = exports.length > 0 ? `it exports ${exports.join("; ").slice(0, 300)}` : "it exports nothing";
    return [{
      code: "troupe.WrongWorld",
      message: `It does not export the function "handle" of the world troupe:actor/actor: ${has}`,
    }];
  }
  if (!HANDLE.test(handle)) {
    const message = `Its "handle" has another type than that of the world troupe:actor/actor: ${
      handle.slice(0, 300)
    }`;
    return [{ code: "troupe.WrongWorld", message }];
  }
  const others = exports.filter((name) => name !== handle && !TOOLCHAIN_EXPORTS.test(name));
  if (others.length === 0) return [];
  return [{
    code: "troupe.WrongWorld",
    message: `It exports more than an actor does: ${others.join("; ").slice(0, 300)}`,
  }];
}

function sizeRefusals(
  { largestFunction, initialMemory }: Facts,
  { memoryBytes }: Pick<Limits, "memoryBytes">,
): Refusal[] {
  const refusals: Refusal[] = [];
  if (largestFunction > LARGEST_FUNCTION_BYTES) {
    const message = `It has a function of ${largestFunction} bytes; compiling it could take gigabytes. ` +
      `${LARGEST_FUNCTION_BYTES} is the limit: split the function`;
    refusals.push({ code: "troupe.TooLarge", message });
  }
  if (initialMemory > memoryBytes) {
    const message =
      `Its memories have ${initialMemory} bytes at the start, and limits.memory is ${memoryBytes}: raise it, or ` +
      `build the actor with less`;
    refusals.push({ code: "troupe.TooLarge", message });
  }
  return refusals;
}
