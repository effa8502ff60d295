/** The words and options of `troupe send`. @module */

import type { Command } from "commander";
import { defineCommand, exitWith } from "../define.ts";
import { collect, dataOption, parseDuration, storeOption, transportOption } from "../option_values.ts";
import { UsageError } from "../usage_error.ts";
import type { SendOptions } from "./run.ts";

/** What commander makes of the command line. */
type Given = Omit<SendOptions, "route" | "payloads" | "headers"> & { readonly header: readonly string[] };

/** `troupe send [ACTOR[,ACTOR…]] [PAYLOAD…]`. */
export function sendCommand(): Command {
  return defineCommand({
    name: "send",
    summary: "sends envelopes into the mesh",
    description:
      "Sends one envelope for each payload along the route ACTOR,ACTOR,… and prints their ids, one a line, as soon as " +
      "each is safe in its queue. The mesh need not be running at that moment. With --wait, the results of everything " +
      "that comes of them are printed instead, one JSON object a line, as by `troupe results --json`.",
    examples: [
      {
        line: `troupe send split,score '{"text":"Hello"}'`,
        what: "one envelope, first to split, then to score",
      },
      { line: "troupe send score --file documents.jsonl", what: "one envelope for each line of a file" },
      { line: "produce | troupe send score --file -", what: "the same from a pipe" },
      { line: `troupe send score '"Hello"' --wait --timeout 10s`, what: "waits for the results" },
      {
        line: `troupe send pay '{"eur":5}' --key order-17`,
        what: "however often it is repeated, it is done once",
      },
      {
        line: "troupe send --envelope --file envelopes.jsonl",
        what: "whole envelopes, each with its own route",
      },
    ],
    exitCodes: {
      0: "all were sent; with --wait: all succeeded",
      1: "something was refused or not sent; with --wait: something failed or died",
      3: "with --wait: the time ran out",
    },
  })
    .argument("[route]", "the actors to go through, in order, with commas between them")
    .argument("[payloads...]", "payloads: a JSON text each")
    .option("--file <file>", "read payloads from a file, one JSON text a line; - is standard input")
    .option(
      "--header <name=value>",
      "a header; a value that is a JSON object or array is taken as such (repeatable)",
      collect,
      [],
    )
    .option("--id <id>", "the envelope's id (default: a new one)")
    .option(
      "--key <key>",
      "idempotency key: sent again, it is the same envelope; with another body it is refused",
    )
    .option("--deadline <when>", "when it is worthless: a time from now such as 30s, or an RFC 3339 time")
    .option("--envelope", "payloads and lines are whole envelopes, each with its own id and route", false)
    .option("--wait", "wait for the results and print them", false)
    .option("--timeout <duration>", "how long --wait waits", parseDuration, 60_000)
    .addOption(dataOption())
    .addOption(storeOption("the one that the mesh began with"))
    .addOption(transportOption("that of the mesh"))
    .action(exitWith(async (route: string | undefined, payloads: string[], { header, ...options }: Given) => {
      if (options.envelope && route !== undefined) {
        // A whole envelope has its route in it, so the first argument is one as well.
        payloads = [route, ...payloads];
        route = undefined;
      }
      if (!options.envelope && route === undefined) {
        throw new UsageError("No route: name the actors to go through, as in troupe send split,score '{…}'");
      }
      const { send } = await import("./run.ts");
      return await send({ ...options, route: route?.split(","), payloads, headers: header });
    }));
}
