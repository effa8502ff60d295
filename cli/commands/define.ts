/**
 * How a command is defined: its words and options here and in `NAME/command.ts`, its work in `NAME/run.ts`, which is
 * imported only when the command is really run. So `troupe --help` loads nothing but the words.
 *
 * @module
 */

import { Command } from "commander";
import { EXIT } from "./exit_code.ts";

/** The words of a command. */
export interface CommandText {
  /** Such as `send`. */
  readonly name: string;
  /** A few words, for the list of commands. */
  readonly summary: string;
  /** What it does, in sentences. @default the summary */
  readonly description?: string;
  /** Command lines that work, with what each is for. */
  readonly examples: readonly { readonly line: string; readonly what: string }[];
  /** What the exit codes mean here; 2 is the same everywhere and is added. */
  readonly exitCodes: Readonly<Record<number, string>>;
}

/**
 * A command with its help: description, examples, exit codes.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 *
 * const greet = defineCommand({
 *   name: "greet",
 *   summary: "says hello",
 *   examples: [{ line: "troupe greet Ada", what: "says hello to Ada" }],
 *   exitCodes: { 0: "hello was said" },
 * }).argument("<name>");
 * assertStringIncludes(greet.helpInformation(), "says hello");
 * ```
 */
export function defineCommand(text: CommandText): Command {
  const exitCodes = { ...text.exitCodes, [EXIT.usage]: "the command line is wrong; nothing was done" };
  return new Command(text.name)
    .summary(text.summary)
    .description(text.description ?? text.summary)
    .addHelpText("after", () =>
      [
        "",
        "Examples:",
        ...text.examples.flatMap(({ line, what }) => [`  # ${what}`, `  ${line}`]),
        "",
        "Exit codes:",
        ...Object.entries(exitCodes).map(([code, meaning]) => `  ${code.padEnd(4)} ${meaning}`),
      ].join("\n"));
}

/** An action for commander that ends the process with the exit code that `run` resolves with. */
export function exitWith<Args extends unknown[]>(
  run: (...args: Args) => Promise<number>,
): (...args: Args) => Promise<void> {
  return async (...args) => {
    Deno.exitCode = await run(...args);
  };
}
