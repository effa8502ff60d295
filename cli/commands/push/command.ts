/** The words and options of `troupe push`. @module */

import type { Command } from "commander";
import { defineCommand, exitWith } from "../define.ts";
import type { PushCommandOptions } from "./run.ts";

/** `troupe push REF [FILE|DIR]`. */
export function pushCommand(): Command {
  return defineCommand({
    name: "push",
    summary: "puts a component into an OCI registry",
    description:
      "Pushes the component of the actor in DIR, which is built first where it is out of date, or a component that is " +
      "there as FILE. Prints its reference by digest, as spec.component.oci takes it: the same component has always the " +
      "same one. Who signs in is in docker's config.json, in the folder that DOCKER_CONFIG names or in ~/.docker.",
    examples: [
      {
        line: "troupe push registry.example.com/shop/split:v1 actors/split",
        what: "builds an actor and pushes it",
      },
      {
        line: "troupe push registry.example.com/shop/split build/split.wasm",
        what: "a component, without a tag",
      },
      {
        line: "troupe push registry.example.com/shop/split --dry-run",
        what: "its digest, and whether it is there",
      },
    ],
    exitCodes: {
      0: "the registry has it, now or already; with --dry-run, it could be asked",
      1: "it could not be built or pushed, or is no component of an actor",
    },
  })
    .argument("<ref>", "REGISTRY/REPOSITORY, and :TAG if it is to have one")
    .argument("[what]", "a folder with an actor.yaml, an actor.yaml, or a component", ".")
    .option("--dry-run", "push nothing; ask the registry whether it has it", false)
    .option("--no-check", "do not check the types of the source")
    .option("--json", "one JSON object", false)
    .action(
      exitWith(
        async (reference: string, what: string, options: Omit<PushCommandOptions, "reference" | "what">) => {
          const { push } = await import("./run.ts");
          return await push({ ...options, reference, what });
        },
      ),
    );
}
