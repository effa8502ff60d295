/**
 * What the imports of a component need, and whether it is there.
 *
 * @module
 */

import type { ImportNeed, Refusal } from "./component.ts";
import { CONTRACT } from "./contract_table.ts";
import type { ImportFact, Member } from "./facts.ts";
import { HARMLESS } from "./wasi_table.ts";

/** The verdict on imports. */
export interface ImportVerdict {
  /** What each needs, in their order. */
  readonly needs: readonly ImportNeed[];
  /** Empty when all of it is there. */
  readonly refusals: readonly Refusal[];
}

/** The versions that the tables are of. */
const CONTRACT_VERSION = /^0\.1\.\d+$/;
const WASI_VERSION = /^0\.2\.\d+$/;

/** Grants, by the packages that they open. */
const GRANTS: ReadonlyMap<string, string> = new Map([
  ["wasi:http", "http"],
  ["wasi:keyvalue", "state"],
  ["wasi:config", "env"],
]);

/** Most imports that a message names. */
const MOST_NAMED = 10;
/** Most members of an interface that a message describes. */
const MOST_DESCRIBED = 3;
/** Longest type in a message. */
const LONGEST_TYPE = 200;

/** Judges imports. Pure. */
export function judgeImports(imports: readonly ImportFact[]): ImportVerdict {
  const needs: ImportNeed[] = [];
  const refusals: Refusal[] = [];
  // Toolchains import all of a package or nothing: one sentence for the imports to which the same applies.
  const absent = new Map<string, string[]>();
  for (const { name, sort, members } of imports) {
    const found = sort === "instance" ? findInterface(name) : undefined;
    if (!found) {
      needs.push(absentNeed(name));
      absent.getOrInsert(adviceFor(name), []).push(name);
      continue;
    }
    const others = members.filter(([member, type]) => found.members.get(member) !== type);
    needs.push({ name, need: others.length > 0 ? "unknown" : found.need });
    if (others.length > 0) refusals.push(otherMembers(name, others, found.members));
  }
  for (const [advice, names] of absent) {
    refusals.push({
      code: "troupe.ImportDenied",
      message: `It imports ${listOf(names, MOST_NAMED)}: ${advice}`,
    });
  }
  return { needs, refusals };
}

/** The table of an interface that is there. */
function findInterface(
  name: string,
): { need: "contract" | "harmless"; members: ReadonlyMap<string, string> } | undefined {
  const [path = "", version = ""] = name.split("@");
  const contract = CONTRACT_VERSION.test(version) ? CONTRACT.get(path) : undefined;
  if (contract) return { need: "contract", members: contract };
  const harmless = WASI_VERSION.test(version) ? HARMLESS.get(path) : undefined;
  return harmless && { need: "harmless", members: harmless };
}

function grantFor(name: string): string | undefined {
  return GRANTS.get(name.split("/", 1)[0] as string);
}

function absentNeed(name: string): ImportNeed {
  const grant = grantFor(name);
  return grant === undefined ? { name, need: "unknown" } : { name, need: "grant", grant };
}

function adviceFor(name: string): string {
  const grant = grantFor(name);
  if (grant !== undefined) {
    return `that needs the grant "${grant}", which would stand under spec.grants.${grant} in actor.yaml. This version ` +
      "of Troupe does not give it yet: build the actor without it";
  }
  if (name.startsWith("wasi:sockets/")) {
    return "no grant gives sockets. Build the actor without them; outgoing requests are to go through wasi:http and " +
      "spec.grants.http of actor.yaml";
  }
  if (name.startsWith("troupe:actor/")) {
    return "this version of Troupe has versions 0.1 of troupe:actor; build the actor with its SDK";
  }
  if (name.startsWith("wasi:")) {
    return "of WASI, actors have what toolchains always import, in versions 0.2; no grant gives this. Build the actor " +
      "without it";
  }
  return "nothing provides it, and no grant does; build the actor without it";
}

/** Of an interface that is known, functions or types that are not, or are others. */
function otherMembers(name: string, others: readonly Member[], known: ReadonlyMap<string, string>): Refusal {
  const described = others.map(([member, type]) => {
    const expected = known.get(member);
    const is = expected === undefined ? "which is not there" : `which is ${expected.slice(0, LONGEST_TYPE)}`;
    return `${member} as ${type.slice(0, LONGEST_TYPE)}, ${is}`;
  });
  const message =
    `It imports of ${name}: ${listOf(described, MOST_DESCRIBED)}. Build the actor with the interfaces of ` +
    "this version of Troupe";
  return { code: "troupe.ImportDenied", message };
}

function listOf(items: readonly string[], most: number): string {
  const more = items.length > most ? ` and ${items.length - most} more` : "";
  return items.slice(0, most).join(", ") + more;
}
