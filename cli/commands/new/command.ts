/** The words and options of `troupe new`. @module */

import { type Command, Option } from "commander";
import { defineCommand, exitWith } from "../define.ts";
import type { NewOptions } from "./run.ts";
import { TEMPLATES } from "./templates.ts";

/** `troupe new NAME`. */
export function newCommand(): Command {
  return defineCommand({
    name: "new",
    summary: "makes the folder of a new actor, to start from",
    description:
      "Makes a folder NAME with an actor.yaml and a source that runs as it is. Nothing that exists is touched.",
    examples: [
      { line: "troupe new greet --language ts", what: "an actor in TypeScript, in ./greet" },
      { line: "troupe new greet --language js --dir actors", what: "one in JavaScript, in ./actors/greet" },
    ],
    exitCodes: { 0: "it was made", 1: "it could not be made, for instance because the folder exists" },
  })
    .argument("<name>", "the actor's name: lower-case letters, digits and hyphens")
    .addOption(
      new Option("--language <language>", "what to write it in").choices(Object.keys(TEMPLATES)).default(
        "ts",
      ),
    )
    .option("--dir <folder>", "where to make its folder", ".")
    .action(exitWith(async (name: string, options: Omit<NewOptions, "name">) => {
      const { newActorFolder } = await import("./run.ts");
      return await newActorFolder({ ...options, name });
    }));
}
