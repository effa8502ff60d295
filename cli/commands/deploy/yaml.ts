/**
 * `troupe deploy --dry-run`: everything as YAML.
 *
 * @module
 */

import { isKubeError } from "@troupe/controller/kube";
import { Output } from "../../view/output.ts";
import { EXIT } from "../exit_code.ts";
import { findCluster } from "./cluster.ts";
import { buildComponents } from "./components.ts";
import type { DeployOptions } from "./options.ts";
import { checkActors, objectsOf, prepare } from "./prepare.ts";
import type { Teller } from "./tell.ts";
import { asYaml, inOrder, namespaceObject } from "./wanted.ts";

/** Prints everything as YAML. A cluster is not asked, and need not be there. @returns the exit code */
export async function printYaml(options: DeployOptions, teller: Teller): Promise<number> {
  const namespace = await namespaceOffline(options);
  const prepared = await prepare(options, namespace);
  const { mesh, actors, settings } = prepared;
  const { registry, pullSecret, check, createNamespace } = options;
  const components = await buildComponents(actors, {
    ...{ mesh, namespace, registry, pullSecret, check },
    // On standard output is YAML, and nothing else.
    teller: teller.json ? { ...teller, step: () => {} } : teller,
  });
  const objects = objectsOf(prepared, { namespace, components });
  checkActors(objects, settings);
  const all = createNamespace ? inOrder([namespaceObject(namespace), ...objects]) : objects;
  const out = new Output();
  await out.line(asYaml(all).trimEnd());
  await out.flush();
  return EXIT.ok;
}

/** The namespace that is meant, where there need not be a cluster. */
async function namespaceOffline(options: DeployOptions): Promise<string> {
  if (options.namespace !== undefined) return options.namespace;
  try {
    await using cluster = await findCluster(options);
    return cluster.namespace;
  } catch (error) {
    const named = options.context !== undefined || options.kubeconfig !== undefined;
    if (named || !isKubeError(error, "troupe.KubeConfig")) throw error;
    return "default";
  }
}
