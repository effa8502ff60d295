/** The words and options of `troupe answer`. @module */

import type { Command } from "commander";
import { defineCommand, exitWith } from "../define.ts";
import { dataOption, parseDuration, storeOption, transportOption } from "../option_values.ts";
import type { AnswerOptions } from "./run.ts";

/** `troupe answer ID [JSON]`. */
export function answerCommand(): Command {
  return defineCommand({
    name: "answer",
    summary: "answers an envelope that waits, and sends it on",
    description:
      "Sends an answer to x-resume, which merges it into the payload of the envelope that waits in x-pause and sends that " +
      "on, and waits until this has been taken up. An answer that is a JSON object is merged as a JSON merge patch (RFC " +
      '7396); any other becomes the member "answer". The first answer counts: the same one again changes nothing, another ' +
      "one is refused.",
    examples: [
      { line: `troupe answer 0b9f1c3e-5f0a-4a53-9d0c-0e9f2f6d3a11 '{"ok":true}'`, what: "goes on with that" },
      {
        line: `troupe answer ID --cancel --reason "no longer wanted"`,
        what: "calls it off: it ends in x-sink",
      },
    ],
    exitCodes: {
      0: "it was answered, now or before in the same way",
      1: "there is no mesh here, nothing waits under this id, or it was answered in another way",
      3: "the answer waits in its queue, and nobody has taken it in time",
    },
  })
    .argument("<id>", "the envelope's id, or the key of its pause (troupe parked --json)")
    .argument("[answer]", "a JSON text; - is standard input")
    .option("--cancel", "call it off instead", false)
    .option("--reason <text>", "why it is called off")
    .option("--timeout <duration>", "how long to wait until it is taken up", parseDuration, 10_000)
    .addOption(dataOption())
    .addOption(storeOption("the one that the mesh began with"))
    .addOption(transportOption("that of the mesh"))
    .action(exitWith(
      async (id: string, answer: string | undefined, options: Omit<AnswerOptions, "id" | "answer">) => {
        const { answerParked } = await import("./run.ts");
        return await answerParked({ ...options, id, answer });
      },
    ));
}
