/**
 * The polyglot demo: a mesh of actors in five languages triages a mailbox.
 *
 * ```sh
 * deno task demo:polyglot
 * ```
 *
 * @module
 */

import { CommanderError } from "commander";
import { TroupeError } from "@troupe/host/errors";
import { defineCommand } from "../../commands/define.ts";
import { EXIT } from "../../commands/exit_code.ts";
import { UsageError } from "../../commands/usage_error.ts";

const command = defineCommand({
  name: "demo:polyglot",
  summary: "runs a mesh of actors in Rust, C, Python, Go and TypeScript on a mailbox",
  description:
    "Builds the actors in actors/examples/polyglot, and has them triage the mails in mails.jsonl there, or in a file " +
    "that has one mail a line as this one has. An actor whose " +
    "language has no tools on this machine is left out, and the command that installs them is told. Ends with an " +
    "account of what became of each mail.",
  examples: [{ line: "deno task demo:polyglot", what: "builds what is out of date, and triages the mails" }, {
    line: "deno task demo:polyglot ~/mails.jsonl",
    what: "on other mails",
  }],
  exitCodes: {
    0: "every mail came to its end",
    1: "one did not, or to one that it should not have come to; the summary says which",
    130: "it was interrupted; the same command goes on",
  },
})
  .argument("[mails]", "a file with one mail a line (default: the example's)")
  .option("--data <folder>", "where it keeps its state (default: .troupe/polyglot in this project)")
  .allowExcessArguments(false)
  .exitOverride();

async function main(): Promise<number> {
  try {
    command.parse(Deno.args, { from: "user" });
    const [mails] = command.args;
    const options = command.opts<{ data?: string }>();
    const { polyglotDemo } = await import("./run.ts");
    return await polyglotDemo({ ...options, ...(mails === undefined ? {} : { mails }) });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (!(error instanceof TroupeError)) throw error;
    console.error(`demo:polyglot: ${error.message}`);
    return error instanceof UsageError ? EXIT.usage : EXIT.failed;
  }
}

if (import.meta.main) {
  // A stray timer or pipe must not keep a finished demo alive.
  Deno.exit(await main());
}
