/**
 * `troupe new`: the folder of a new actor.
 *
 * @module
 */

import { isActorName, isReservedName } from "@troupe/host/actor_name";
import { TroupeError } from "@troupe/host/errors";
import { dirname, join, relative, resolve } from "@std/path";
import { Output } from "../../view/output.ts";
import { EXIT } from "../exit_code.ts";
import { UsageError } from "../usage_error.ts";
import type { Project } from "./template.ts";
import { commonFiles, TEMPLATES } from "./templates.ts";

/** Options of `troupe new`. */
export interface NewOptions {
  /** The actor's name. */
  readonly name: string;
  /** One of {@linkcode TEMPLATES}. */
  readonly language: string;
  /** Where to make its folder; made if it does not exist. */
  readonly dir: string;
}

/** There is something already where the folder of a new actor was to be. */
export class FolderExistsError extends TroupeError {
  constructor(folder: string, options?: ErrorOptions) {
    super(
      "troupe.FolderExists",
      "user",
      `${folder} exists already, and nothing that exists is touched: choose another name, or another folder with --dir`,
      options,
    );
  }
}

/**
 * Makes the folder.
 *
 * @returns The exit code.
 * @throws {UsageError} when the name cannot be an actor's; {@linkcode FolderExistsError}.
 */
export async function newActorFolder({ name, language, dir }: NewOptions): Promise<number> {
  requireName(name);
  const folder = resolve(dir, name);
  const template = TEMPLATES[language];
  if (!template) {
    throw new UsageError(`${language} is no language here: use one of ${Object.keys(TEMPLATES).join(", ")}`);
  }
  const project = await template({ name, folder });
  const files = { ...commonFiles({ ...project, name }), ...project.files };
  await makeFolder(folder);
  try {
    for (const [file, text] of Object.entries(files)) {
      await Deno.mkdir(dirname(join(folder, file)), { recursive: true });
      await Deno.writeTextFile(join(folder, file), text, { createNew: true });
    }
  } catch (error) {
    await Deno.remove(folder, { recursive: true });
    throw error;
  }
  const shown = relative(Deno.cwd(), folder);
  const out = new Output();
  for (const file of Object.keys(files)) await out.line(join(shown, file));
  await out.flush();
  console.error(nextSteps({ shown, name, ...project }));
  return EXIT.ok;
}

function requireName(name: string): void {
  if (!isActorName(name)) {
    throw new UsageError(
      `${
        JSON.stringify(name)
      } cannot be an actor's name: use up to 63 lower-case letters, digits and hyphens, with no ` +
        "hyphen at either end",
    );
  }
  if (isReservedName(name)) {
    throw new UsageError(`${name} cannot be an actor's name: those that begin with "x-" are the crew's`);
  }
}

async function makeFolder(folder: string): Promise<void> {
  let at = dirname(folder);
  try {
    await Deno.mkdir(at, { recursive: true });
    at = folder;
    await Deno.mkdir(at);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists || error instanceof Deno.errors.NotADirectory) {
      throw new FolderExistsError(at, { cause: error });
    }
    throw error;
  }
}

function nextSteps(
  { shown, name, test, note }: Pick<Project, "test" | "note"> & {
    readonly shown: string;
    readonly name: string;
  },
): string {
  const commands: [line: string, what: string][] = [
    [`cd ${shown}`, ""],
    [test, "runs its test"],
    ["troupe up", "builds and runs it, and again whenever you change it"],
    [`troupe send ${name} '{"name":"Ada"}' --wait`, "in another terminal, in the same folder"],
  ];
  const width = Math.max(...commands.map(([line]) => line.length));
  const lines = commands.map(([line, what]) =>
    what === "" ? `  ${line}` : `  ${line.padEnd(width)}  # ${what}`
  );
  const steps = ["", "Next:", ...lines].join("\n");
  return note === undefined ? steps : `${steps}\n\n${note}`;
}
