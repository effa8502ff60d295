/**
 * The command `troupe`.
 *
 * ```sh
 * deno run -A cli/main.ts --help
 * ```
 *
 * @module
 */

import { Command, CommanderError } from "commander";
import { TroupeError } from "@troupe/host/errors";
import { answerCommand } from "./commands/answer/command.ts";
import { buildCommand } from "./commands/build/command.ts";
import { cancelCommand, pauseCommand, resumeCommand } from "./commands/control/command.ts";
import { deployCommand } from "./commands/deploy/command.ts";
import { dlqCommand } from "./commands/dlq/command.ts";
import { doctorCommand } from "./commands/doctor/command.ts";
import { EXIT } from "./commands/exit_code.ts";
import { inspectCommand } from "./commands/inspect/command.ts";
import { newCommand } from "./commands/new/command.ts";
import { parkedCommand } from "./commands/parked/command.ts";
import { pushCommand } from "./commands/push/command.ts";
import { resultsCommand } from "./commands/results/command.ts";
import { sendCommand } from "./commands/send/command.ts";
import { testCommand } from "./commands/test/command.ts";
import { topCommand } from "./commands/top/command.ts";
import { traceCommand } from "./commands/trace/command.ts";
import { undeployCommand } from "./commands/undeploy/command.ts";
import { upCommand } from "./commands/up/command.ts";
import { UsageError } from "./commands/usage_error.ts";
import config from "./deno.json" with { type: "json" };

const DESCRIPTION = `Runs a mesh of sandboxed actors, joined by durable queues.

An actor is a folder with an actor.yaml and a source; a mesh is a folder of actors.`;

function program(): Command {
  const troupe = new Command("troupe")
    .description(DESCRIPTION)
    .version(config.version, "--version", "prints the version")
    .helpOption("-h, --help", "prints this, or the help of a command")
    .helpCommand(false)
    .showHelpAfterError("(--help after a command shows its options and examples)")
    .exitOverride()
    .configureOutput({ writeOut: writeQuietly(Deno.stdout), writeErr: writeQuietly(Deno.stderr) })
    .addHelpText(
      "after",
      `
Begin with:
  troupe new greet --language ts       # an actor to start from
  troupe up                            # builds and runs every actor below this folder
  troupe send greet '{"name":"Ada"}' --wait`,
    );
  const commands = [
    upCommand(),
    sendCommand(),
    resultsCommand(),
    traceCommand(),
    topCommand(),
    parkedCommand(),
    answerCommand(),
    pauseCommand(),
    resumeCommand(),
    cancelCommand(),
    dlqCommand(),
    newCommand(),
    buildCommand(),
    pushCommand(),
    testCommand(),
    inspectCommand(),
    doctorCommand(),
    deployCommand(),
    undeployCommand(),
  ];
  for (const command of commands) {
    command.option("--debug", "prints where an error comes from");
    troupe.addCommand(command.copyInheritedSettings(troupe));
  }
  return troupe;
}

/** Writes help; if nobody reads it any more, nothing is lost. */
function writeQuietly(stream: { writeSync(bytes: Uint8Array): number }): (text: string) => void {
  return (text) => {
    const bytes = new TextEncoder().encode(text);
    try {
      for (let at = 0; at < bytes.length;) at += stream.writeSync(bytes.subarray(at));
    } catch (error) {
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
    }
  };
}

/** Says what went wrong, and gives the exit code for it. */
function report(error: unknown, debug: boolean): number {
  // Commander has said what is wrong by itself.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof TroupeError) {
    console.error(debug ? error : `troupe: ${error.message}`);
    return error instanceof UsageError ? EXIT.usage : EXIT.failed;
  }
  console.error(`troupe: ${error instanceof Error ? error.message : String(error)}`);
  if (debug) console.error(error);
  else {console.error(
      "This is a bug in troupe, not a mistake of yours. With --debug it says where; please report it.",
    );}
  return EXIT.failed;
}

if (import.meta.main) {
  try {
    await program().parseAsync(Deno.args, { from: "user" });
  } catch (error) {
    Deno.exitCode = report(error, Deno.args.includes("--debug"));
  }
  // A command has closed what it opened; a stray timer or pipe must not keep a finished command alive.
  Deno.exit();
}
