/**
 * Whether a component may run: its facts against the world of an actor, the grants and the limits.
 *
 * @module
 */

import type { Grant } from "../grants.ts";
import type { Limits } from "../limits.ts";
import type { Inspection, Refusal } from "./component.ts";
import { HANDLE_TYPE, TOOLCHAIN_EXPORTS } from "./contract_table.ts";
import type { Facts } from "./facts.ts";
import { judgeImports } from "./import_verdict.ts";

/** A function that is larger may cost the optimising compiler gigabytes: the component runs with the baseline compiler. */
export const BASELINE_FUNCTION_BYTES = 64 * 1024;
/** A function that is larger is refused. */
const LARGEST_FUNCTION_BYTES = 1024 * 1024;
/** More initial entries of tables are refused; each takes eight bytes of the host machine. CPython has 6,000. */
const MOST_TABLE_ENTRIES = 1_000_000;
/** Longest piece of what a component says of itself in a message. */
const QUOTED = 300;

/** What an inspection is to say, besides the facts. */
export interface VerdictRules {
  /** SHA-256 of the bytes, in hex. */
  readonly digest: string;
  /** How many they are. */
  readonly size: number;
  /** The kinds of grants that the actor has. */
  readonly granted: ReadonlySet<Grant>;
  readonly limits: Pick<Limits, "memoryBytes">;
}

/** Judges a component. Pure. */
export function judge(facts: Facts, { digest, size, granted, limits }: VerdictRules): Inspection {
  const { needs, refusals } = judgeImports(facts.imports, granted);
  return {
    digest,
    size,
    kind: facts.kind,
    imports: needs,
    exports: facts.exports.map(({ name }) => name),
    largestFunction: facts.largestFunction,
    initialMemory: facts.initialMemory,
    refusals: unreadable(facts) ??
      [
        ...refusals,
        ...worldRefusals(facts),
        ...sizeRefusals(facts, limits),
      ],
  };
}

/** The reason why nothing else was looked at. */
function unreadable({ kind, malformed, excess, badNames }: Facts): Refusal[] | undefined {
  if (kind === "not-wasm") {
    const message =
      "It is not WebAssembly: build the actor (troupe build), and name the .wasm file that comes of it";
    return [{ code: "troupe.NotWasm", message }];
  }
  if (kind === "module") {
    const message =
      "It is a core module, not a component: make one of it with your toolchain (Rust: the target " +
      "wasm32-wasip2; others: wasm-tools component embed, then component new), or with troupe build";
    return [{ code: "troupe.NotAComponent", message }];
  }
  if (badNames.length > 0) {
    const names = badNames.map((name) => JSON.stringify(name)).join(", ");
    const message = `It has names that no toolchain makes, which could run as code: ${names}`;
    return [{ code: "troupe.BadName", message }];
  }
  if (excess) {
    const message = `It is beyond what is accepted: ${excess}`;
    return [{ code: "troupe.TooLarge", message }];
  }
  if (malformed) {
    return [{ code: "troupe.BadComponent", message: `It is not a valid component: ${malformed}` }];
  }
  return undefined;
}

function worldRefusals({ exports }: Facts): Refusal[] {
  const wrong = (message: string) => [{ code: "troupe.WrongWorld", message }];
  const handle = exports.find(({ name }) => name === "handle");
  if (!handle) {
    const names = exports.map(({ name }) => name).join(", ").slice(0, QUOTED);
    return wrong(
      `It does not export the function "handle", as actors do (world actor of troupe:actor): it exports ${
        names || "nothing"
      }`,
    );
  }
  // How the toolchain calls the parameter makes no difference.
  if (
    handle.sort !== "function" || handle.type.replace(/^func\([a-z0-9-]+: /, "func(payload: ") !== HANDLE_TYPE
  ) {
    const message = `Its "handle" is ${handle.type.slice(0, QUOTED)}; that of an actor is ${HANDLE_TYPE}`;
    return wrong(message);
  }
  const others = exports.filter(({ name, type }) =>
    name !== "handle" && !TOOLCHAIN_EXPORTS.get(name)?.test(type)
  );
  if (others.length === 0) return [];
  const names = others.map(({ name, type }) => `${name} (${type.slice(0, QUOTED)})`).join(", ").slice(
    0,
    QUOTED,
  );
  return wrong(`It exports more than an actor does: ${names}`);
}

function sizeRefusals(
  { largestFunction, initialMemory, tableEntries }: Facts,
  { memoryBytes }: Pick<Limits, "memoryBytes">,
): Refusal[] {
  const refusals: Refusal[] = [];
  const tooLarge = (message: string) => refusals.push({ code: "troupe.TooLarge", message });
  if (largestFunction > LARGEST_FUNCTION_BYTES) {
    tooLarge(
      `It has a function of ${largestFunction} bytes, and ${LARGEST_FUNCTION_BYTES} is the limit: compiling it could ` +
        "take gigabytes. Split the function",
    );
  }
  if (initialMemory > memoryBytes) {
    tooLarge(
      `Its memories have ${initialMemory} bytes at the start, and ${memoryBytes} is the limit: raise spec.limits.memory ` +
        "in actor.yaml, or build the actor with less",
    );
  }
  if (tableEntries > MOST_TABLE_ENTRIES) {
    tooLarge(`Its tables have ${tableEntries} entries at the start, and ${MOST_TABLE_ENTRIES} is the limit`);
  }
  return refusals;
}
