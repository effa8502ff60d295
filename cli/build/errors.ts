/**
 * Why an actor cannot be built.
 *
 * @module
 */

import { type ErrorFamily, TroupeError } from "@troupe/host/errors";

/** What kept an actor from being built. */
export type BuildErrorCode =
  /** There is neither a source nor a component. */
  | "troupe.NoSource"
  /** The source cannot be made into one script: a syntax error, or an import that leads nowhere. */
  | "troupe.SourceError"
  /** The types of the source do not fit. */
  | "troupe.TypeMismatch"
  /** The source asks for something that actors do not have. */
  | "troupe.AbsentGlobal"
  /** The module exports no handler, or one that cannot work. */
  | "troupe.BadHandler"
  /** The author's module throws, or does not end, while it is loaded. */
  | "troupe.LoadFailed"
  /** The tools of the source's language are not on this machine. */
  | "troupe.ToolchainMissing"
  /** A tool of the build does not work. */
  | "troupe.BuildFailed";

/** An actor that cannot be built. The message names the author's file and line where there is one. */
export class BuildError extends TroupeError {
  declare readonly code: BuildErrorCode;

  /**
   * @param code What kept it.
   * @param message What is wrong, where, and what to do.
   */
  constructor(code: BuildErrorCode, message: string, options?: ErrorOptions) {
    const family: ErrorFamily = code === "troupe.BuildFailed" ? "system" : "user";
    super(code, family, message, options);
  }
}

/** Makes a build's error of what the system says, where it lets nothing be written. */
export function cannotWrite(component: string): (error: unknown) => never {
  return (error) => {
    const problem = error instanceof Error ? error.message : String(error);
    throw new BuildError("troupe.BuildFailed", `${component} cannot be written: ${problem}`, {
      cause: error,
    });
  };
}

/** What a language's tools are missing for. */
export interface MissingToolchain {
  /** What was found: `Go is not on this machine`. */
  readonly found: string;
  /** What actors in the language need, after "need": `1.24 or later`. */
  readonly needs: string;
  /** What a person does about it, with the commands in quotes. */
  readonly remedy: string;
}

/** The tools of a language are not there, or not those that are needed. */
export function toolchainMissing(
  language: string,
  { found, needs, remedy }: MissingToolchain,
): BuildError {
  return new BuildError(
    "troupe.ToolchainMissing",
    `${found}, and actors in ${language} need ${needs}: ${remedy}`,
  );
}

/**
 * The compiler refuses a source.
 *
 * @param folder The author's.
 * @param said In the compiler's words.
 */
export function cannotCompile(folder: string, said: string): BuildError {
  return new BuildError("troupe.SourceError", `${folder} cannot be compiled:\n${said.trim()}`);
}

/** Loading an author's module, which is done while its component is made, does not end. */
export function loadsTooLong(file: string, ms: number): BuildError {
  const seconds = ms / 1000;
  return new BuildError(
    "troupe.LoadFailed",
    `${file}: it takes more than ${seconds} s to be loaded: is there a loop without an end?`,
  );
}
