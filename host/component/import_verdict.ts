/**
 * What the imports of a component need, and whether it is there.
 *
 * @module
 */

import type { ImportNeed, Refusal } from "./component.ts";
import type { Grant } from "../grants.ts";
import { CONTRACT, CONTRACT_EXTRAS } from "./contract_table.ts";
import type { ImportFact, Member } from "./facts.ts";
import { GRANTED } from "./granted_table.ts";
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

/** Grants that stand for packages which no table has, or not in that version. */
const INSTEAD: ReadonlyMap<string, string> = new Map([
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

/** Judges imports by the kinds of grants that the actor has. Pure. */
export function judgeImports(imports: readonly ImportFact[], granted: ReadonlySet<Grant>): ImportVerdict {
  const needs: ImportNeed[] = [];
  const refusals: Refusal[] = [];
  // Toolchains import all of a package or nothing: one sentence for the imports to which the same applies.
  const absent = new Map<string, string[]>();
  for (const { name, sort, members } of imports) {
    const found = sort === "instance" ? findInterface(name) : undefined;
    if (!found || (found.grants && !found.grants.some((grant) => granted.has(grant)))) {
      needs.push(absentNeed(name, found?.grants));
      absent.getOrInsert(adviceFor(name, found?.grants), []).push(name);
      continue;
    }
    const others = members.filter(([member, type]) => found.members.get(member) !== type);
    needs.push(others.length > 0 ? { name, need: "unknown" } : needOf(name, found));
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

/** An interface that is known here. */
interface Found {
  readonly need: "contract" | "harmless" | "grant";
  readonly members: ReadonlyMap<string, string>;
  /** Grants of which one opens it. */
  readonly grants?: readonly Grant[];
}

/** The table of an interface that is known. */
function findInterface(name: string): Found | undefined {
  const [path = "", version = ""] = name.split("@");
  const contract = CONTRACT_VERSION.test(version)
    ? CONTRACT.get(path) ?? CONTRACT_EXTRAS.get(path)
    : undefined;
  if (contract) return { need: "contract", members: contract };
  const harmless = WASI_VERSION.test(version) ? HARMLESS.get(path) : undefined;
  if (harmless) return { need: "harmless", members: harmless };
  const granted = GRANTED.find((entry) => entry.version.test(version) && entry.table.has(path));
  const members = granted?.table.get(path);
  return granted && members && { need: "grant", members, grants: granted.grants };
}

function needOf(name: string, { need, grants }: Found): ImportNeed {
  return need === "grant" ? { name, need, grant: grants?.[0] as string } : { name, need };
}

function absentNeed(name: string, [grant = insteadOf(name)]: readonly string[] = []): ImportNeed {
  return grant === undefined ? { name, need: "unknown" } : { name, need: "grant", grant };
}

function insteadOf(name: string): string | undefined {
  return INSTEAD.get(name.split("/", 1)[0] as string);
}

function adviceFor(name: string, grants: readonly Grant[] = []): string {
  if (grants.length > 0) {
    const where = grants.map((grant) => `spec.grants.${grant}`).join(" or ");
    return `that needs a grant: give it under ${where} in actor.yaml, or build the actor without it`;
  }
  const instead = insteadOf(name);
  if (instead !== undefined) {
    return `this version of Troupe does not have it as it is imported; what spec.grants.${instead} in actor.yaml gives ` +
      "instead is described in docs/grants.md";
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
