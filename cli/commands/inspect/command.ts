/** The words and options of `troupe inspect`. @module */

import type { Command } from "commander";
import { defineCommand, exitWith } from "../define.ts";
import type { InspectOptions } from "./run.ts";

/** `troupe inspect [FILE.wasm|REF]`. */
export function inspectCommand(): Command {
  return defineCommand({
    name: "inspect",
    summary: "shows what a component needs, and whether it would be accepted",
    description:
      "Lists what a WebAssembly component imports, what each import needs, and what it exports, and says whether an " +
      "actor could be made of it. Nothing of the component is run.",
    examples: [
      { line: "troupe inspect build/split.wasm", what: "as an actor without any grant" },
      { line: "troupe inspect split.wasm --actor actor.yaml", what: "with the grants of an actor" },
      { line: "troupe inspect --actor actor.yaml", what: "the component of an actor, wherever that is" },
      { line: "troupe inspect registry.example.com/shop/split:v1", what: "one in an OCI registry" },
      { line: "troupe inspect split.wasm --json | jq .digest", what: "for programs" },
    ],
    exitCodes: { 0: "it would be accepted", 1: "it would be refused, or cannot be read" },
  })
    .argument(
      "[file]",
      "a component, or its reference in a registry, with a tag or a digest (default: the actor's)",
    )
    .option("--actor <file>", "the actor.yaml whose grants count")
    .option("--json", "one JSON object", false)
    .action(exitWith(async (file: string | undefined, options: Omit<InspectOptions, "file">) => {
      const { inspectFile } = await import("./run.ts");
      return await inspectFile({ ...options, file });
    }));
}
