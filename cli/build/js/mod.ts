/**
 * Builds actors in JavaScript and TypeScript.
 *
 * The modules are bundled to one script, which the engine's own tool makes into a component. Nothing of the author's is
 * run but in that engine, which has nothing but itself.
 *
 * The same sources come to the same script everywhere, and so to the same digest of inputs. They do not come to the same
 * bytes of a component: the tool starts the engine in a WASI of its own whose clock and random seed are the machine's,
 * and has no option for them. What the engine drew there (the seed of its hash tables, hence the order of some entries,
 * and the seed of its random numbers: some 160 bytes of a megabyte) stays in the component.
 *
 * @module
 */

import type { Language, OpenSource, Source } from "../language.ts";
import { bundle, type Script } from "./bundle.ts";
import { checkTypes, refuseAbsent } from "./check_source.ts";
import { componentize } from "./componentize.ts";
import { type Graph, graphOf } from "./graph.ts";
import { digestInputs } from "./inputs.ts";
import { type Kit, makeKit } from "./kit.ts";
import { lookAt } from "./look_at.ts";
import { needsOf, NO_NEEDS } from "./needs.ts";
import { toolVersions } from "./toolchain.ts";
import { makeWorkFolder, type WorkFolder } from "./work_folder.ts";

/** JavaScript and TypeScript. Its tools come with Troupe. */
export const JS: Language = { name: "js", sources: ["actor.ts", "actor.js"], open };

async function open({ file }: Source): Promise<OpenSource> {
  const work = await makeWorkFolder(file);
  try {
    const plain = await graphOf(work, (await makeKit(NO_NEEDS, work)).entry);
    let made: Promise<Sound> | undefined;
    const sound = () => made ??= soundScript(work, plain);
    return {
      inputs: () => digestInputs({ graph: plain, work }),
      async tools() {
        const { graph } = await sound();
        return { ...await toolVersions(), ...versionsOf(Object.keys(graph.packages)) };
      },
      async check() {
        await sound();
        await checkTypes(work);
      },
      async make() {
        const { script, graph, kit } = await sound();
        return await componentize(script, { work, graph, kit });
      },
      [Symbol.asyncDispose]: () => work[Symbol.asyncDispose](),
    };
  } catch (error) {
    await work[Symbol.asyncDispose]();
    throw error;
  }
}

/** A script, and what it was made with. */
interface Sound {
  readonly script: Script;
  readonly graph: Graph;
  readonly kit: Kit;
}

/**
 * What the author's files need decides what they are bundled with. The bundler parses everything; what it finds comes
 * before what it makes no sense to look for then.
 */
async function soundScript(work: WorkFolder, plain: Graph): Promise<Sound> {
  const found = await lookAt(work, plain);
  const needs = needsOf(plain, found);
  const isPlain = !Object.values(needs).includes(true);
  const kit = await makeKit(needs, work);
  const graph = isPlain ? plain : await graphOf(work, kit.entry);
  const script = await bundle(work, { graph, kit });
  refuseAbsent(found);
  return { script, graph, kit };
}

/** `zod@4.6.7` is version 4.6.7 of `npm:zod`. */
function versionsOf(packages: readonly string[]): Record<string, string> {
  return Object.fromEntries(packages.map((id) => {
    const [, name = id, version = ""] = /^(.+?)@([^@_]+)/.exec(id) ?? [];
    return [`npm:${name}`, version];
  }));
}
