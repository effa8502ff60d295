/** The words and options of `troupe up`. @module */

import { type Command, Option } from "commander";
import { defineCommand, exitWith } from "../define.ts";
import {
  objectsOption,
  parseDuration,
  parsePort,
  stateOption,
  storeOption,
  transportOption,
} from "../option_values.ts";
import type { UpOptions } from "./run.ts";

/** `troupe up [DIR]`. */
export function upCommand(): Command {
  return defineCommand({
    name: "up",
    summary: "builds and runs every actor below a folder",
    description:
      "Builds what is out of date and runs every actor.yaml below DIR. When a source changes, its actor is built anew " +
      "and swapped while the mesh runs. Ctrl-C (or SIGTERM) takes no more, finishes what is in hand and ends; a second " +
      "one ends at once, and what was in hand is handled again at the next start.",
    examples: [
      { line: "troupe up", what: "every actor below this folder, until Ctrl-C" },
      { line: "troupe up actors --until-idle", what: "works off what is queued, then ends" },
      {
        line: "troupe up shop --transport rabbitmq://broker.example/shop",
        what: "with the queues on RabbitMQ",
      },
      {
        line: "troupe up shop --store postgres://mesh@db.example/shop",
        what: "with the results in Postgres",
      },
      { line: "troupe up --metrics-port 9090 --log json --plain", what: "as a service" },
    ],
    exitCodes: {
      0: "the mesh was drained: everything in hand was finished",
      1: "it could not start; or --until-idle left envelopes at actors that do not run",
      130: "it was interrupted a second time and ended at once",
    },
  })
    .argument("[dir]", "folder in which every actor.yaml is looked for", ".")
    .option("--data <folder>", "where the mesh keeps its state (default: .troupe in DIR)")
    .addOption(transportOption("what mesh.yaml in DIR says, or embedded"))
    .addOption(storeOption("what mesh.yaml in DIR says, or sqlite"))
    .addOption(objectsOption("what mesh.yaml in DIR says, or none"))
    .addOption(stateOption("what mesh.yaml in DIR says, or a file in --data"))
    .option("--retention <time>", "how long results and dead letters are kept (default: 7d)", parseDuration)
    .option("--keep-ids <time>", "how long their ids are known (default: 14d)", parseDuration)
    .option("--until-idle", "end when nothing is left to do", false)
    .option("--no-watch", "do not look for changes of sources")
    .option("--no-check", "do not check the types of TypeScript sources")
    .option(
      "--no-restore",
      "make an instance anew for each envelope, also where a used one could be put back",
    )
    .option("--require-hardening", "do not start when a layer around sandboxes is missing", false)
    .option("--metrics-port <port>", "serve /healthz, /readyz and /metrics; 0 takes a free port", parsePort)
    .addOption(new Option("--log <format>", "how log lines look").choices(["text", "json"]).default("text"))
    .addOption(
      new Option("--log-level <level>", "the least important line that is logged")
        .choices(["debug", "info", "warn", "error"]).default("info"),
    )
    .option("--plain", "lines instead of the live view, on a terminal too", false)
    .action(exitWith(async (dir: string, options: Omit<UpOptions, "dir">) => {
      const { up } = await import("./run.ts");
      return await up({ ...options, dir });
    }));
}
