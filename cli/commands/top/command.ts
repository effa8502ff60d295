/** The words and options of `troupe top`. @module */

import { type Command, Option } from "commander";
import { defineCommand, exitWith } from "../define.ts";
import { dataOption, parseDuration, transportOption } from "../option_values.ts";
import type { TopOptions } from "./run.ts";

/** `troupe top`. */
export function topCommand(): Command {
  return defineCommand({
    name: "top",
    summary: "shows what every actor does, live",
    description:
      "Shows for each actor how many envelopes wait, how many are in flight, how many hops a second it does, how many of " +
      "them fail or are tried again, how long they take (half of them less than p50, 99 of 100 less than p99), how often " +
      "its sandbox was started anew, and its last error. On a terminal the table is drawn again and again; otherwise " +
      "there is a line for each interval. It listens to what hosts tell of their hops, from its start on: nothing is " +
      "stored, and some of it may be lost. A broker does not tell what others have in hand: what is in flight is " +
      "estimated there from how long hops take, and has a ~ before it.",
    examples: [
      { line: "troupe top", what: "the mesh of this folder, until Ctrl-C" },
      { line: "troupe top --once", what: "watches for one interval, prints the table and ends" },
      { line: "troupe top --json --interval 10s", what: "one JSON object every ten seconds" },
      { line: "troupe top --transport rabbitmq://broker/mesh", what: "a mesh on RabbitMQ, from anywhere" },
    ],
    exitCodes: { 0: "it was shown", 1: "there is no mesh here, or its queues are out of reach" },
  })
    .addOption(
      new Option("--interval <duration>", "how often it is drawn or printed").argParser(parseDuration)
        .default(2_000, "2s"),
    )
    .option("--once", "watch for one interval, print the table once and end", false)
    .option("--json", "one JSON object for each interval", false)
    .addOption(dataOption())
    .addOption(transportOption("that of the mesh"))
    .action(exitWith(async (options: TopOptions) => {
      const { top } = await import("./run.ts");
      return await top(options);
    }));
}
