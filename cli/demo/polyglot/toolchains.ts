/**
 * Which actors cannot be built here, as the tools of their language are not on this machine.
 *
 * @module
 */

import type { ActorSpec } from "@troupe/controller/mesh";
import { BuildError } from "../../build/errors.ts";
import { findSource } from "../../build/source.ts";

/** An actor, and the language that it is written in. */
export interface LanguageOf {
  readonly actor: string;
  /** Such as `rust`. */
  readonly language: string;
  /** What is missing, and the command that installs it; undefined where everything is there. */
  readonly missing?: string;
}

/**
 * Looks for the tools of each actor.
 *
 * @returns One for each actor with a source, in their order.
 */
export async function findLanguages(
  specs: readonly Pick<ActorSpec, "folder" | "name">[],
): Promise<LanguageOf[]> {
  const found = await Promise.all(specs.map(async (spec): Promise<LanguageOf[]> => {
    const source = await findSource(spec);
    if (!source) return [];
    const language = { actor: spec.name, language: source.language.name };
    try {
      await using _opened = await source.language.open(source);
      return [language];
    } catch (error) {
      if (!(error instanceof BuildError)) throw error;
      // What else is wrong is told when it is built.
      return [error.code === "troupe.ToolchainMissing" ? { ...language, missing: error.message } : language];
    }
  }));
  return found.flat();
}
