/**
 * What kept the author's module from being loaded, as the SDK tells it while the component is made.
 *
 * @module
 */

import { join } from "@std/path";
import { z } from "zod";
import { BuildError } from "../errors.ts";
import { SEARCHED, VENDOR } from "./work_folder.ts";

/** What the line begins with that the SDK prints (`_component.py`). */
const MARK = "troupe-build ";

const ProblemSchema = z.strictObject({
  /** The exception's class. */
  type: z.string(),
  message: z.string(),
  /** Where the text is no Python. */
  where: z.string().nullable(),
  /** The author's frames, as Python prints them. */
  traceback: z.string(),
  /** The module that is not there. */
  missing: z.string().nullable(),
  /** What was printed before. */
  printed: z.string(),
});

type Problem = z.infer<typeof ProblemSchema>;

/**
 * The error of a build whose module could not be loaded.
 *
 * @param said What componentize-py said.
 * @param folder Where the author's modules are.
 * @returns Undefined when the SDK has not told of anything.
 */
export function loadProblem(said: string, folder: string): BuildError | undefined {
  const line = said.split("\n").find((line) => line.startsWith(MARK));
  if (line === undefined) return undefined;
  const problem = ProblemSchema.parse(JSON.parse(line.slice(MARK.length)));
  const told = inWords(problem);
  return new BuildError(told.code, inPlace(told.message, folder));
}

function inWords(
  { type, message, where, traceback, missing, printed }: Problem,
): { code: BuildError["code"]; message: string } {
  if (where !== null) return { code: "troupe.SourceError", message: `${where}: ${message}\n${traceback}` };
  if (missing !== null) return { code: "troupe.SourceError", message: `${traceback}\n${advice(missing)}` };
  if (type === "BadHandlerError") return { code: "troupe.BadHandler", message };
  const before = printed === "" ? "" : `\nBefore, it printed:\n${printed}`;
  return { code: "troupe.LoadFailed", message: `${traceback}${before}` };
}

function advice(module: string): string {
  const name = module.split(".")[0];
  return `Packages are taken from the folder "${VENDOR}" beside actor.py: python3 -m pip install --target ${VENDOR} ${name}. ` +
    "Those that are not in Python alone cannot be used in an actor.";
}

/** Paths as the author knows them: the interpreter has the folders under numbers. */
function inPlace(text: string, folder: string): string {
  return text.replaceAll(/\/(\d)\/([^\s":]+)/g, (whole, n: string, name: string) => {
    const searched = SEARCHED[Number(n)];
    if (searched === "actor") return join(folder, name);
    return searched === "vendor" ? join(folder, VENDOR, name) : whole;
  });
}
