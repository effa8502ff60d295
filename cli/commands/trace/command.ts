/** The words and options of `troupe trace`. @module */

import type { Command } from "commander";
import { defineCommand, exitWith } from "../define.ts";
import { dataOption, storeOption, transportOption } from "../option_values.ts";
import type { TraceOptions } from "./run.ts";

/** `troupe trace ID`. */
export function traceCommand(): Command {
  return defineCommand({
    name: "trace",
    summary: "shows the way of one envelope and of everything that came of it",
    description:
      "Shows which actors an envelope and its children went through: when, for how long, in which attempt, with which " +
      "verdict, and where each ended or waits now. Records of hops are kept at best effort: one that was lost in a " +
      "crash is missing here, while its envelope is not.",
    examples: [
      { line: "troupe trace 0b9f1c3e-5f0a-4a53-9d0c-0e9f2f6d3a11", what: "the tree of an envelope" },
      { line: "troupe trace ID --payload", what: "with the payload as it came to each actor" },
      { line: "troupe trace ID --json", what: "the same as one JSON object" },
    ],
    exitCodes: { 0: "it was shown", 1: "there is no mesh here, or nothing is known of this id" },
  })
    .argument("<id>", "the envelope's id")
    .option("--payload", "show payloads, as they came to each actor", false)
    .option("--json", "one JSON object", false)
    .addOption(dataOption())
    .addOption(storeOption("the one that the mesh began with"))
    .addOption(transportOption("that of the mesh"))
    .action(exitWith(async (id: string, options: Omit<TraceOptions, "id">) => {
      const { trace } = await import("./run.ts");
      return await trace({ ...options, id });
    }));
}
