/** The words and options of `troupe undeploy`. @module */

import type { Command } from "commander";
import { defineCommand, exitWith } from "../define.ts";
import { clusterOptions, timeoutOption } from "../deploy/command.ts";
import type { UndeployOptions } from "./run.ts";

/** `troupe undeploy [DIR]`. */
export function undeployCommand(): Command {
  return clusterOptions(defineCommand({
    name: "undeploy",
    summary: "removes a mesh from a Kubernetes cluster",
    description:
      "Removes the actors that troupe deploy brought into the cluster for the mesh of DIR, with what the controller made " +
      "for them, and waits until they are gone. Queues stay, with what is in them, unless spec.queuePolicy of an actor is " +
      "Delete. What others have made is left alone: Secrets and volumes above all, and namespaces.",
    examples: [
      { line: "troupe undeploy shop --namespace shop", what: "the actors; the controller goes on" },
      { line: "troupe undeploy shop --all --crd --yes", what: "everything, unless others have actors there" },
    ],
    exitCodes: {
      0: "all is gone, or was not there",
      1: "it was not wanted after all, or a call failed",
      3: "not all was gone in time; it goes on being removed",
      130: "it was interrupted; what was begun goes on",
    },
  }))
    .option("--all", "also remove the controller and the crew", false)
    .option("--crd", "also remove the definition of actors, if there are none left anywhere", false)
    .option("--yes", "do not ask", false)
    .addOption(timeoutOption("how long to wait until all is gone"))
    .option("--json", "a JSON object a line for each step", false)
    .action(exitWith(async (dir: string, options: Omit<UndeployOptions, "dir">) => {
      const { undeploy } = await import("./run.ts");
      return await undeploy({ ...options, dir });
    }));
}
