/** The words and options of `troupe dlq`. @module */

import { Command, Option } from "commander";
import { defineCommand, exitWith } from "../define.ts";
import { dataOption, storeOption, transportOption } from "../option_values.ts";
import { parseMoment, STATES } from "./filter.ts";
import type { DropOptions } from "./drop.ts";
import type { ListOptions } from "./list.ts";
import type { ReplayOptions } from "./replay.ts";
import type { ShowOptions } from "./show.ts";

/** A command whose commands have the settings that it is given later. */
class CommandGroup extends Command {
  override copyInheritedSettings(source: Command): this {
    super.copyInheritedSettings(source);
    for (const command of this.commands) command.copyInheritedSettings(this);
    return this;
  }
}

/** `troupe dlq list|show|replay|drop`. */
export function dlqCommand(): Command {
  const group = new CommandGroup("dlq")
    .summary("shows, replays and drops dead letters")
    .helpCommand(false)
    .description(
      "Dead letters are what ended badly: results that failed, and what could not be processed. Each is kept with why " +
        "it died until you replay it or drop it.",
    );
  for (const command of [listCommand(), showCommand(), replayCommand(), dropCommand()]) {
    command.option("--debug", "prints where an error comes from");
    group.addCommand(command);
  }
  return group;
}

function listCommand(): Command {
  const command = defineCommand({
    name: "list",
    summary: "lists dead letters, oldest first",
    description:
      "Lists dead letters, oldest first: those that are open, unless --state says otherwise. A letter is open until it " +
      "is replayed or dropped; replayed while its replay is under way or has died too (which is a letter of its own); " +
      "resolved when it, or a replay of it, has succeeded; dropped when you said so.",
    examples: [
      { line: "troupe dlq list", what: "what is open" },
      { line: "troupe dlq list --actor score --type ValueError --since 1h", what: "some of it" },
      { line: "troupe dlq list --state all --json", what: "everything, for programs" },
    ],
    exitCodes: { 0: "they were listed", 1: "there is no mesh here" },
  })
    .option("--id <id>", "only of this envelope")
    .option("--root <id>", "only what came of the envelope that was submitted under this id");
  return withFilters(command, "list")
    .addOption(new Option("--state <state>", "in which state").choices([...STATES, "all"]).default("open"))
    .option("--json", "one JSON object a line", false)
    .addOption(dataOption())
    .addOption(storeOption("the one that the mesh began with"))
    .action(exitWith(async (options: ListOptions) => {
      const { listLetters } = await import("./list.ts");
      return await listLetters(options);
    }));
}

function showCommand(): Command {
  return defineCommand({
    name: "show",
    summary: "shows all that is known of a dead letter",
    description:
      "Shows why it died (error, traceback, attempts, actor, digest of the component), what it was, and its replays. An " +
      "id may have several letters, one for each death: its key names one.",
    examples: [
      { line: "troupe dlq show 0b9f1c3e-5f0a-4a53-9d0c-0e9f2f6d3a11", what: "all letters of an envelope" },
      { line: "troupe dlq show KEY --body > body.json", what: "the bytes that died, to the last one" },
      { line: "troupe dlq show ID --json | jq .error", what: "for programs" },
    ],
    exitCodes: { 0: "it was shown", 1: "there is no mesh here, or no such letter" },
  })
    .argument("<id>", "the envelope's id, or the letter's key")
    .option("--body", "only the bytes that died, unchanged", false)
    .option("--json", "one JSON object a line", false)
    .addOption(dataOption())
    .addOption(storeOption("the one that the mesh began with"))
    .action(exitWith(async (ref: string, options: Omit<ShowOptions, "ref">) => {
      const { showLetters } = await import("./show.ts");
      return await showLetters({ ...options, ref });
    }));
}

function replayCommand(): Command {
  const command = defineCommand({
    name: "replay",
    summary: "sends dead letters again",
    description:
      "Sends a dead letter again to the step that failed, and prints the id under which it goes: its own, and its result " +
      "replaces the one that failed. With another payload, route or step it is a new envelope below the old one. The " +
      "same replay asked for again changes nothing, so a command that was interrupted can be repeated. The payload is " +
      "the one with which it died, also where --to names an earlier step.",
    examples: [
      { line: "troupe dlq replay 0b9f1c3e-5f0a-4a53-9d0c-0e9f2f6d3a11", what: "to the step that failed" },
      { line: `troupe dlq replay ID --payload '{"eur":5}'`, what: "with a corrected payload" },
      { line: "troupe dlq replay ID --to parse", what: "from another step of its route on" },
      { line: "troupe dlq replay ID --route fix,store", what: "another way" },
      { line: "troupe dlq replay --all --actor score --type ValueError", what: "all that failed so there" },
    ],
    exitCodes: {
      0: "all were sent, or had been before",
      1: "something was not sent; the message says what to do",
    },
  })
    .argument("[id]", "the envelope's id, or the letter's key")
    .option("--payload <json>", "another payload; - reads it from standard input")
    .option("--route <actors>", "another way from here on: actors with commas between them")
    .option("--to <actor>", "the step of its route to begin with (default: the one that failed)")
    .option("--deadline <when>", "another deadline: a time from now such as 30s, an RFC 3339 time, or none")
    .option("--again", "also if it was replayed or dropped before", false)
    .option("--all", "every letter that is open and that the options below let through", false);
  return withFilters(command, "with --all")
    .option("--yes", "with --all: do not ask", false)
    .option("--json", "one JSON object a line", false)
    .addOption(dataOption())
    .addOption(storeOption("the one that the mesh began with"))
    .addOption(transportOption("that of the mesh"))
    .action(exitWith(async (ref: string | undefined, options: Omit<ReplayOptions, "ref">) => {
      const { replayLetters } = await import("./replay.ts");
      return await replayLetters({ ...options, ref });
    }));
}

function dropCommand(): Command {
  const command = defineCommand({
    name: "drop",
    summary: "says that nothing is to be done about dead letters",
    description:
      "Drops dead letters: they stay known, with the reason, and are no longer listed as open. With --purge the payload " +
      "is removed for good, also from the records of hops; id, route, headers and error stay. Without that, a letter " +
      "that was dropped can still be replayed, with --again.",
    examples: [
      { line: 'troupe dlq drop ID --reason "customer is gone"', what: "every open letter of an envelope" },
      { line: "troupe dlq drop --all --type troupe.MalformedEnvelope --until 30d --yes", what: "old ones" },
      { line: "troupe dlq drop ID --purge", what: "with its payload" },
    ],
    exitCodes: { 0: "they were dropped, or had been before", 1: "there is no mesh here, or no such letter" },
  })
    .argument("[id]", "the envelope's id, or the letter's key")
    .option("--reason <text>", "why; kept with it")
    .option("--purge", "remove the payload for good", false)
    .option("--all", "every letter that the options below let through", false);
  return withFilters(command, "with --all")
    .addOption(new Option("--state <state>", "with --all: in which state").choices(STATES).default("open"))
    .option("--yes", "with --all: do not ask", false)
    .option("--json", "one JSON object a line", false)
    .addOption(dataOption())
    .addOption(storeOption("the one that the mesh began with"))
    .action(exitWith(async (ref: string | undefined, options: Omit<DropOptions, "ref">) => {
      const { dropLetters } = await import("./drop.ts");
      return await dropLetters({ ...options, ref });
    }));
}

function withFilters(command: Command, when: "list" | "with --all"): Command {
  const prefix = when === "list" ? "" : `${when}: `;
  const moment = "a time ago such as 2h, or an RFC 3339 time";
  return command
    .option("--actor <actor>", `${prefix}only what died at this actor`)
    .option("--type <type>", `${prefix}only this type of error; without a dot in it, its last part`)
    .option("--since <when>", `${prefix}only what died then or later: ${moment}`, parseMoment)
    .option("--until <when>", `${prefix}only what died before then: ${moment}`, parseMoment);
}
