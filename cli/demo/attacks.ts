/**
 * The attacks of `rogue`, one after another, each followed by an honest envelope: the mesh is to be alive after it.
 *
 * @module
 */

import type { StoredResult } from "@troupe/host/crew/store";
import { z } from "zod";
import { ATTACKS } from "../../actors/examples/editorial/rogue/actor.ts";
import type { TreeEnds } from "../commands/tree_ends.ts";
import { type SendingOptions, sendParcels } from "./sending.ts";
import type { Trees, WaitOptions } from "./trees.ts";

/** What came of one attack. */
export interface AttackReport {
  readonly attack: string;
  /** It came to nothing: the platform ended or refused it, or it found nothing to take. */
  readonly contained: boolean;
  /** What happened, in a few words. */
  readonly what: string;
  /** An honest envelope that was sent after it came through all of its actors. */
  readonly alive: boolean;
}

/** Names under which attacks, and the honest envelopes after them, are noted. */
export const ATTACK = "attack:";
/** See {@linkcode ATTACK}. */
export const HONEST = "honest:";

/** What an attack that looks for a way out reports, if it is let run to its end. */
const Search = z.object({ tried: z.array(z.string()), found: z.array(z.string()) });
const PlatformError = z.object({ type: z.string().startsWith("troupe."), message: z.string() });

/** Runs them all. @returns Those that were done before the signal came. */
export async function runAttacks(
  options: SendingOptions & WaitOptions & {
    readonly trees: Trees;
    readonly onReport: (report: AttackReport) => void;
  },
): Promise<AttackReport[]> {
  const { trees, onReport } = options;
  const reports: AttackReport[] = [];
  for (const attack of ATTACKS) {
    const [bad = ""] = await sendParcels([{
      name: `${ATTACK}${attack}`,
      route: ["rogue"],
      payload: { attack },
    }], options);
    const ends = await trees.ends(bad, options);
    if (!ends) return reports;
    const honest = {
      name: `${HONEST}${attack}`,
      text: `The mesh is asked to score this text after ${attack}.`,
    };
    const [good = ""] = await sendParcels(
      [{ name: honest.name, route: ["split", "score", "judge"], payload: honest }],
      options,
    );
    const after = await trees.ends(good, options);
    if (!after) return reports;
    const report = { attack, ...verdictOf(ends), alive: isHonest(after) };
    reports.push(report);
    onReport(report);
  }
  return reports;
}

/** What became of an attack, by its ends alone. */
export function verdictOf(
  { results, dead }: Pick<TreeEnds, "results" | "dead">,
): Pick<AttackReport, "contained" | "what"> {
  const [died] = dead;
  if (died) return { contained: results.length === 0, what: `${died.reason}: ${died.message}` };
  const [result, another] = results;
  if (!result || another) return { contained: false, what: `it made ${results.length} results` };
  if (result.phase === "failed") {
    const error = PlatformError.safeParse(JSON.parse(result.error || "{}"));
    if (!error.success) return { contained: false, what: `it failed by itself: ${result.error}` };
    return { contained: true, what: `${error.data.type}: ${error.data.message}` };
  }
  const search = Search.safeParse(JSON.parse(result.payload));
  if (!search.success) return { contained: false, what: "it came through, and emitted what it wanted" };
  const { tried, found } = search.data;
  return found.length === 0
    ? { contained: true, what: `nothing there: it looked for ${tried.join(", ")}` }
    : { contained: false, what: `it found ${found.join(", ")}` };
}

function isHonest({ results, dead, complete }: TreeEnds): boolean {
  const succeeded = ({ phase }: StoredResult) => phase === "succeeded";
  return complete && dead.length === 0 && results.length > 0 && results.every(succeeded);
}
