/** The words and options of `troupe parked`. @module */

import type { Command } from "commander";
import { defineCommand, exitWith } from "../define.ts";
import { dataOption, storeOption } from "../option_values.ts";
import type { ParkedOptions } from "./run.ts";

/** `troupe parked`. */
export function parkedCommand(): Command {
  return defineCommand({
    name: "parked",
    summary: "lists what waits for an answer, or for the rest of what was fanned out",
    description:
      "Lists the envelopes that wait in x-pause for an answer, those that wait longest first: since when, the id, the " +
      "actor before the pause, and what is asked. `troupe answer` sends one on. With --joins, the fan-outs that wait in " +
      "x-join for some of their slices, and for which: `troupe trace` says where these are.",
    examples: [
      { line: "troupe parked", what: "what waits" },
      { line: "troupe parked --joins", what: "what waits for slices" },
      { line: "troupe parked --json | jq -r .id", what: "for programs" },
    ],
    exitCodes: { 0: "they were listed", 1: "there is no mesh here" },
  })
    .option("--joins", "what waits in x-join instead", false)
    .option("--json", "one JSON object a line", false)
    .addOption(dataOption())
    .addOption(storeOption("the one that the mesh began with"))
    .action(exitWith(async (options: ParkedOptions) => {
      const { listParked } = await import("./run.ts");
      return await listParked(options);
    }));
}
