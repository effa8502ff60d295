/**
 * The demo: a mesh of sandboxed actors on real documents, and an account of everything that came of them.
 *
 * ```sh
 * deno task demo            # the project's own documents
 * deno task demo ~/notes    # those of a folder
 * ```
 *
 * @module
 */

import { CommanderError } from "commander";
import { defineCommand } from "../commands/define.ts";
import { EXIT } from "../commands/exit_code.ts";
import { transportOption } from "../commands/option_values.ts";
import { UsageError } from "../commands/usage_error.ts";
import { TroupeError } from "@troupe/host/errors";

const command = defineCommand({
  name: "demo",
  summary: "runs a mesh of sandboxed actors on the text and Markdown files of a folder",
  description:
    "Splits each document into sections, scores them, and routes each by its score; meanwhile an actor that misbehaves " +
    "on purpose attacks the mesh. Ends with an account of everything that was sent. Killed in the middle and started " +
    "again, it goes on where it was.",
  examples: [
    { line: "deno task demo", what: "on the project's own documents" },
    { line: "deno task demo ~/notes", what: "on those of a folder" },
  ],
  exitCodes: {
    0: "everything that was sent came to its end, once, and every attack was contained",
    1: "something did not; the summary says what",
    130: "it was interrupted; the same command goes on",
  },
})
  .argument("[folder]", "where the documents are (default: this project)")
  .option("--data <folder>", "where the demo keeps its state (default: .troupe/demo in this project)")
  .addOption(transportOption("embedded"))
  .exitOverride();

async function main(): Promise<number> {
  try {
    command.parse(Deno.args, { from: "user" });
    const [folder] = command.args;
    const options = command.opts<{ data?: string; transport?: string }>();
    const { demo } = await import("./run.ts");
    return await demo({ ...options, ...(folder === undefined ? {} : { folder }) });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (!(error instanceof TroupeError)) throw error;
    console.error(`demo: ${error.message}`);
    return error instanceof UsageError ? EXIT.usage : EXIT.failed;
  }
}

if (import.meta.main) {
  // A stray timer or pipe must not keep a finished demo alive.
  Deno.exit(await main());
}
