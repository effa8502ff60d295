/** The words and options of `troupe test`. @module */

import { type Command, InvalidArgumentError } from "commander";
import { defineCommand, exitWith } from "../define.ts";
import { collect } from "../option_values.ts";
import type { TestOptions } from "./run.ts";

/** `troupe test [ACTOR]`. */
export function testCommand(): Command {
  return defineCommand({
    name: "test",
    summary: "runs one envelope through an actor, or cases that were kept",
    description:
      "Builds an actor if it is out of date, runs one envelope through it in a sandbox as a mesh does, and shows what " +
      "came of it: verdict, emits, edits, logs, times, memory. Nothing is sent on. With --record, the envelope and what " +
      "came of it are kept as a case in the folder cases beside the actor.yaml; with --replay, cases are run again and " +
      "compared. What the actor is granted it has: requests go out, and its state begins empty and is gone afterwards.",
    examples: [
      { line: `troupe test judge --payload '{"text":"Hello"}'`, what: "one payload, with nothing after it" },
      { line: "troupe test judge --envelope in.json --next store", what: "an envelope from a file" },
      { line: "troupe test judge --payload 1 --repeat 1000", what: "how long a call takes" },
      { line: `troupe test judge --payload '{"text":""}' --record empty`, what: "keeps it as a case" },
      { line: "troupe test judge --replay", what: "runs all cases; with names after it, those" },
      { line: "troupe test judge --replay --update", what: "takes what comes now for right" },
    ],
    exitCodes: {
      0: "the hop is ok; with --record: it was kept; with --replay: all cases are as recorded",
      1: "the hop failed, or the actor cannot be built or started; with --record: it is not the same each time; with --replay: a case differs",
    },
  })
    .argument("[actor]", "the folder of an actor, or its actor.yaml", ".")
    .option("--envelope <file>", "a whole envelope, JSON; - is standard input (default: an empty one)")
    .option("--payload <json>", "the payload, instead of the envelope's; - is standard input")
    .option(
      "--header <name=value>",
      "a header; a value that is a JSON object or array is taken as such (repeatable)",
      collect,
      [],
    )
    .option("--next <actors>", "the actors that come after it, with commas between them")
    .option("--record <name>", "keep the envelope and what came of it as a case")
    .option(
      "--ignore <path>",
      "with --record: a path within an emit that may differ (repeatable)",
      collect,
      [],
    )
    .option("--force", "with --record: write over a case of that name", false)
    .option("--replay [names...]", "run cases, and compare")
    .option("--update", "with --replay: rewrite the cases that differ", false)
    .option("--repeat <times>", "run the envelope that often again, and show how long it took", parseTimes)
    .option("--data <folder>", "the folder of a mesh whose state the actor has (default: an empty one)")
    .option("--no-build", "take the component as it is")
    .option("--no-check", "do not check the types of the source")
    .option("--json", "one JSON object", false)
    .action(exitWith(async (actor: string, options: Omit<TestOptions, "actor">) => {
      const { testActor } = await import("./run.ts");
      return await testActor({ ...options, actor });
    }));
}

function parseTimes(text: string): number {
  const times = Number(text);
  if (!/^\d+$/.test(text) || times < 1 || times > 1_000_000) {
    throw new InvalidArgumentError("Write a number from 1 to 1000000.");
  }
  return times;
}
