/**
 * The cases of an actor: the folder `cases` beside its `actor.yaml`.
 *
 * @module
 */

import type { ActorSpec } from "@troupe/controller/spec";
import { join } from "@std/path";
import { UsageError } from "../usage_error.ts";
import { type Case, caseText, parseCase } from "./case_file.ts";

/** Name of the folder. */
export const CASES_FOLDER = "cases";
const ENDING = ".json";
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** Checks the name of a case. @throws {UsageError} when it can be none. */
export function checkCaseName(name: string): void {
  if (/[/\\]/.test(name) || name.endsWith(ENDING)) {
    throw new UsageError(
      `${
        JSON.stringify(name)
      } cannot be the name of a case: write it without a folder and without ${ENDING}; ` +
        `it is kept in ${CASES_FOLDER}/NAME${ENDING} beside the actor.yaml`,
    );
  }
  if (!NAME.test(name)) {
    throw new UsageError(
      `${
        JSON.stringify(name)
      } cannot be the name of a case: use up to 100 letters, digits, and . _ -, beginning ` +
        "with a letter or a digit",
    );
  }
}

/** The cases of one actor. */
export class CaseFolder {
  /** The folder, absolute. It need not exist. */
  readonly path: string;
  readonly #actor: string;

  constructor({ folder, name }: Pick<ActorSpec, "folder" | "name">) {
    this.path = join(folder, CASES_FOLDER);
    this.#actor = name;
  }

  /** Names of the cases, sorted. @throws {UsageError} when there is something else than a folder. */
  async names(): Promise<string[]> {
    const names: string[] = [];
    try {
      for await (const { name } of Deno.readDir(this.path)) {
        const stem = name.slice(0, -ENDING.length);
        if (name.endsWith(ENDING) && NAME.test(stem)) names.push(stem);
      }
    } catch (error) {
      if (error instanceof Deno.errors.NotADirectory) {
        throw new UsageError(`${this.path} is not a folder: cases are kept there, so remove it`, {
          cause: error,
        });
      }
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    return names.sort();
  }

  /** Path of a case's file. */
  file(name: string): string {
    return join(this.path, `${name}${ENDING}`);
  }

  /** Reads a case. @throws {BadCaseError} when its file is none. */
  async read(name: string): Promise<Case> {
    const file = this.file(name);
    return parseCase(await Deno.readTextFile(file), { file, actor: this.#actor });
  }

  /** Writes a case, in place of the one that has its name. */
  async write(name: string, written: Case): Promise<void> {
    await Deno.mkdir(this.path, { recursive: true });
    const temporary = `${this.file(name)}.tmp`;
    await Deno.writeTextFile(temporary, caseText(written));
    await Deno.rename(temporary, this.file(name));
  }
}
