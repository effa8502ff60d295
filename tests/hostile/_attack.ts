/**
 * Attacks as files: what they are is said at the top of each, in comments of a fixed form.
 *
 * ```text
 * ;; tries: to keep the processor for ever
 * ;; ends: troupe.Timeout
 * ;; limits: timeoutMs=300
 * ```
 *
 * @module
 */

import { basename, extname } from "@std/path";
import type { Isolation, Limits } from "@troupe/host/limits";
import { z } from "zod";
import type { CachedFile } from "./_supply.ts";

/** How the envelope of an attack has to end, or that there is none because the component is not taken. */
export type Verdict =
  /**
   * `types`: it failed, with one of these errors. `dead`: it is in `x-sump` then, rather than in `x-sink`. `payload`:
   * nothing could be done, it succeeded, and this is what it gave back.
   */
  | {
    readonly kind: "ends";
    readonly types: readonly string[];
    readonly dead: boolean;
    readonly payload: string | undefined;
  }
  /** It comes to no envelope. */
  | { readonly kind: "refused"; readonly types: readonly string[] };

/** One attack. */
export interface Attack {
  /** Family and name, such as `cpu/spin`. */
  readonly name: string;
  /** The file. */
  readonly path: string;
  /** In a sentence, what it tries. */
  readonly tries: string;
  readonly ends: Verdict;
  /** What the failure's message has in it. @default "" */
  readonly says: string;
  /** What each of its envelopes has in the log, of the actor's; `different`: no two have the same. @default "" */
  readonly logs: string;
  /**
   * As what it runs; see `_host_protocol.ts`. `maker`: a program that makes the component's bytes or its text.
   * `client`: JavaScript after `egress/_client.js`, of an actor that may send requests. `download`: it is fetched in the
   * place of another. `cache`: it lies in the cache in the place of another's.
   */
  readonly runs: "component" | "client" | "glue" | "sandbox" | "maker" | "download" | "cache";
  /** What of a cached component it lies in the place of. */
  readonly replaces: CachedFile;
  /** Those that are not the defaults. */
  readonly limits: Partial<Limits>;
  readonly isolation: Isolation;
  /** Whether its glue answers with promises, as that of components that wait for the host. */
  readonly blocking: boolean;
  /** Whether its instances may be restored, rather than made anew. */
  readonly restore: boolean;
  readonly route: readonly string[];
  /** How often. */
  readonly repeats: number;
}

/** A family, as it is done. */
export interface Run {
  /** The folder. */
  readonly family: string;
  /** Whether instances may be restored. @default true */
  readonly restore?: boolean;
}

/** What is done: what stays of an envelope is looked for where instances are restored, and where each is made anew. */
export const RUNS: readonly Run[] = [
  { family: "cpu" },
  { family: "memory" },
  { family: "floods" },
  { family: "control_plane" },
  { family: "supply" },
  { family: "escapes" },
  { family: "egress" },
  { family: "persistence" },
  { family: "persistence", restore: false },
  { family: "timing" },
];

/** Times where a file says nothing else: fifty, and fewer where each costs a process. */
const REPEATS = 50;

/** `TYPE`, `TYPE in x-sump`, `returns: PAYLOAD`, `refused: TYPE`; or several with `or` between. */
const Verdicts = z.string().transform((text, context): Verdict => {
  const ways = text.split(" or ");
  const refused = ways.flatMap((way) => /^refused: ([\w.]+)$/.exec(way)?.[1] ?? []);
  if (refused.length === ways.length) return { kind: "refused", types: refused };
  const payloads = ways.flatMap((way) => /^returns: (.+)$/.exec(way)?.[1] ?? []);
  const types = ways.flatMap((way) => /^([\w.-]+)( in x-sump)?$/.exec(way)?.[1] ?? []);
  if (payloads.length > 1 || payloads.length + types.length < ways.length) {
    context.addIssue(`${JSON.stringify(text)} is no way to end`);
  }
  return { kind: "ends", types, dead: text.includes(" in x-sump"), payload: payloads[0] };
});

const LimitNames = z.enum([
  ...["memoryBytes", "timeoutMs", "concurrency", "emits", "emittedBytes", "logBytes", "cpuMs", "egressBytes"],
] as (keyof Limits)[]);
const LimitsText = z.string().transform((text): Partial<Limits> =>
  Object.fromEntries(
    text.split(/\s+/).map((pair) => pair.split("=")).map((
      [name, value],
    ) => [LimitNames.parse(name), z.coerce.number().int().parse(value)]),
  )
);

const Head = z.strictObject({
  tries: z.string().min(10),
  ends: Verdicts,
  says: z.string().default(""),
  logs: z.string().default(""),
  runs: z.enum(["component", "client", "glue", "sandbox", "maker", "download", "cache"]).default("component"),
  replaces: z.enum(["glue", "module", "manifest"]).default("glue"),
  limits: LimitsText.default({}),
  isolation: z.enum(["fresh", "reuse"]).default("fresh"),
  blocking: z.enum(["yes", "no"]).default("no").transform((text) => text === "yes"),
  route: z.string().default("").transform((text) => text.split(/\s+/).filter(Boolean)),
  // What follows the number is the reason for it.
  repeats: z.string().default(String(REPEATS)).transform((text) => parseInt(text)),
});

/** Reads the head of an attack. @throws {z.ZodError} when it is not of the form. */
export async function readAttack(path: string, family: string): Promise<Attack> {
  const text = await Deno.readTextFile(path);
  const fields: Record<string, string> = {};
  for (const line of text.split("\n")) {
    const [, name, value] = /^(?:;;|\/\/) (\w+): (.+)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) break;
    fields[name] = value.trim();
  }
  return { name: `${family}/${basename(path, extname(path))}`, path, restore: true, ...Head.parse(fields) };
}

/** What a run is called. */
export function nameOf({ family, restore = true }: Run): string {
  return `${family}${restore ? "" : ", without restoring"}`;
}

/** Text that the names of those have in them that are done; a variable of the environment. */
const ONLY = "TROUPE_HOSTILE";

/**
 * The attacks of a run, in the order of their names; files whose names begin with `_` are help for others. With
 * `TROUPE_HOSTILE` in the environment it is those with that text in their name.
 */
export async function readFamily({ family, restore = true }: Run): Promise<Attack[]> {
  const folder = new URL(`./${family}/`, import.meta.url);
  const names = (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).filter((name) =>
    !name.startsWith("_")
  );
  const attacks = names.toSorted().map((name) => readAttack(new URL(name, folder).pathname, family));
  const only = Deno.env.get(ONLY) ?? "";
  return (await Promise.all(attacks)).filter(({ name }) => name.includes(only)).map((attack) => ({
    ...attack,
    restore,
  }));
}
