/**
 * `troupe build`: every actor of a folder.
 *
 * @module
 */

import { type ActorSpec, loadMesh } from "@troupe/controller/mesh";
import { inspectComponent } from "@troupe/host/component/inspect";
import { TroupeError } from "@troupe/host/errors";
import { buildActor, type BuiltComponent } from "../../build/mod.ts";
import { Output } from "../../view/output.ts";
import { stylesFor } from "../../view/styles.ts";
import { EXIT } from "../exit_code.ts";
import { type ActorBuild, buildJson, buildLine, summaryLine } from "./print.ts";

/** Options of `troupe build`. */
export interface BuildCommandOptions {
  /** Folder in which every `actor.yaml` is looked for. */
  readonly dir: string;
  /** Whether to check the types of the sources. */
  readonly check: boolean;
  readonly json: boolean;
}

/**
 * Builds every actor, and prints a line for each as soon as those before it are done.
 *
 * @returns The exit code: failed when at least one could not be built.
 * @throws {ActorSpecError} when an `actor.yaml` is wrong.
 * @throws {NoActorsError} when there is no actor.
 */
export async function build({ dir, check, json }: BuildCommandOptions): Promise<number> {
  const specs = await loadMesh(dir);
  const out = new Output();
  const styles = stylesFor(Deno.stdout);
  const width = Math.max(...specs.map(({ name }) => name.length));
  const done: ActorBuild[] = [];
  for (const building of specs.map((spec) => tryBuild(spec, check))) {
    const result = await building;
    if (result.state === "bug") throw result.error;
    done.push(result);
    await out.line(json ? buildJson(result) : buildLine(result, { styles, width }));
    await out.flush();
  }
  const failed = done.filter(({ state }) => state === "failed").length;
  if (!json) console.error(summaryLine(done));
  return failed > 0 ? EXIT.failed : EXIT.ok;
}

/** Why a host would refuse what was built: above all, imports that its grants do not give. */
async function warningsOf({ path }: BuiltComponent, { grants, limits }: ActorSpec): Promise<string[]> {
  const { refusals } = await inspectComponent(await Deno.readFile(path), { grants, limits });
  return refusals.map(({ message }) => message);
}

/** Does not reject, since the others go on; what is no author's mistake is handed on when its turn comes. */
async function tryBuild(
  spec: ActorSpec,
  check: boolean,
): Promise<ActorBuild | { readonly state: "bug"; readonly error: unknown }> {
  try {
    const { built, component, language, ms } = await buildActor(spec, { check });
    if (!component) return { name: spec.name, state: "remote" };
    const state = built ? "built" : "up-to-date";
    // What somebody else made is inspected where it can do no harm, when the actor starts.
    const warnings = language === undefined ? [] : await warningsOf(component, spec);
    return { name: spec.name, state, component, ms, warnings, ...(language ? { language } : {}) };
  } catch (error) {
    if (!(error instanceof TroupeError)) return { state: "bug", error };
    return { name: spec.name, state: "failed", error };
  }
}
