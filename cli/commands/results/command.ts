/** The words and options of `troupe results`. @module */

import type { Command } from "commander";
import { defineCommand, exitWith } from "../define.ts";
import { dataOption, storeOption } from "../option_values.ts";
import type { ResultsOptions } from "./run.ts";

/** `troupe results [ID]`. */
export function resultsCommand(): Command {
  return defineCommand({
    name: "results",
    summary: "shows what came out of the mesh",
    description:
      "Lists the results, oldest first, or shows the one with an id. With --json: one JSON object a line, with id, " +
      "parent_id, phase, reason, route, headers, payload and error; the payload is to the letter what the last actor " +
      "made. With --dead: the envelopes that could not be processed, with reason, actor, queue, time, error and body.",
    examples: [
      { line: "troupe results", what: "a list for people" },
      { line: "troupe results --json | jq .payload", what: "every payload" },
      { line: "troupe results --failed --json", what: "what failed" },
      { line: "troupe results --dead", what: "what could not be processed, and why" },
      { line: "troupe results 0b9f1c3e-5f0a-4a53-9d0c-0e9f2f6d3a11", what: "one result" },
    ],
    exitCodes: { 0: "they were listed", 1: "there is no mesh here, or nothing with this id" },
  })
    .argument("[id]", "one envelope's")
    .option("--json", "one JSON object a line", false)
    .option("--dead", "the envelopes that could not be processed (x-sump)", false)
    .option("--failed", "only results whose phase is failed", false)
    .option("--root <id>", "only what came of the envelope that was submitted under this id")
    .addOption(dataOption())
    .addOption(storeOption("the one that the mesh began with"))
    .action(exitWith(async (id: string | undefined, options: Omit<ResultsOptions, "id">) => {
      const { results } = await import("./run.ts");
      return await results({ ...options, ...(id === undefined ? {} : { id }) });
    }));
}
