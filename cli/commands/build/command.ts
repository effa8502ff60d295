/** The words and options of `troupe build`. @module */

import type { Command } from "commander";
import { defineCommand, exitWith } from "../define.ts";
import type { BuildCommandOptions } from "./run.ts";

/** `troupe build [DIR]`. */
export function buildCommand(): Command {
  return defineCommand({
    name: "build",
    summary: "builds every actor below a folder",
    description:
      "Makes a component of the source of every actor below DIR, where it is out of date. What is wrong with one " +
      "actor does not keep the others from being built. A source is run nowhere but in the engine that goes into its " +
      "component.",
    examples: [
      { line: "troupe build", what: "every actor below this folder" },
      { line: "troupe build actors/split --no-check", what: "one actor, without looking at its types" },
      { line: "troupe build --json | jq .digest", what: "for programs: one JSON object a line" },
    ],
    exitCodes: { 0: "every actor has its component", 1: "at least one could not be built; the others were" },
  })
    .argument("[dir]", "folder in which every actor.yaml is looked for", ".")
    .option("--no-check", "do not check the types of the sources")
    .option("--json", "one JSON object a line", false)
    .action(exitWith(async (dir: string, options: Omit<BuildCommandOptions, "dir">) => {
      const { build } = await import("./run.ts");
      return await build({ ...options, dir });
    }));
}
