/** The words and options of `troupe deploy`. @module */

import { type Command, Option } from "commander";
import { defineCommand, exitWith } from "../define.ts";
import { parseDuration } from "../option_values.ts";
import type { DeployOptions } from "./options.ts";

/** `troupe deploy [DIR]`. */
export function deployCommand(): Command {
  return clusterOptions(defineCommand({
    name: "deploy",
    summary: "brings a mesh into a Kubernetes cluster",
    description:
      "Builds every actor.yaml below DIR, checks the cluster, and applies the controller, the crew and the actors; then " +
      "waits until all work. cluster.yaml in DIR has the settings of the controller. What is as it should be is not " +
      "written again. Ctrl-C stops at any time, and leaves what was applied; the same command goes on from there.",
    examples: [
      { line: "troupe deploy shop --namespace shop", what: "everything, into the namespace shop" },
      { line: "troupe deploy shop --diff", what: "what would change" },
      { line: "troupe deploy shop --dry-run > shop.yaml", what: "as YAML, without a cluster" },
      {
        line: "troupe deploy shop --actors-only --registry registry.example.com/shop",
        what: "where somebody else runs the controller, with components in a registry",
      },
    ],
    exitCodes: {
      0: "all is ready, or nothing was to be done; with --diff, nothing would change",
      1: "the cluster or the mesh is not fit for it, or a call failed",
      3: "not all was ready in time; what was applied stays",
      4: "with --diff: something would change",
      130: "it was interrupted; what was applied stays",
    },
  }))
    .option("--settings <file>", "settings of the controller (default: cluster.yaml in DIR)")
    .option("--actors-only", "leave the controller and the crew to somebody else", false)
    .option("--create-namespace", "make the namespace of the actors if it is not there", false)
    .option("--registry <prefix>", "push components to REGISTRY/PREFIX (default: they go into ConfigMaps)")
    .option("--pull-secret <name>", "the Secret with which hosts sign in to the registry")
    .option("--no-check", "do not check the types of TypeScript sources")
    .addOption(
      new Option("--dry-run", "print what would be applied as YAML, and do nothing").default(false)
        .conflicts(["diff", "prune"]),
    )
    .addOption(
      new Option("--diff", "print what would change, and do nothing").default(false).conflicts("dryRun"),
    )
    .option("--prune", "also remove actors of this mesh that are not in DIR any more", false)
    .option("--force-conflicts", "take fields that somebody else has set", false)
    .option("--yes", "answer every question with yes", false)
    .addOption(timeoutOption("how long to wait until all is ready; 0s is not at all"))
    .option("--json", "a JSON object a line for each step", false)
    .action(exitWith(async (dir: string, options: Omit<DeployOptions, "dir">) => {
      const { deploy } = await import("./run.ts");
      return await deploy({ ...options, dir });
    }));
}

/** How long is waited in the end; the same for `undeploy`. */
export function timeoutOption(description: string): Option {
  return new Option("--timeout <time>", description).argParser(parseDuration).default(300_000, "5m");
}

/** What says which cluster, and where in it; the same for `undeploy`. */
export function clusterOptions(command: Command): Command {
  return command
    .argument("[dir]", "folder of the mesh", ".")
    .option("--context <name>", "a context of the kubeconfig (default: its current one)")
    .option("--kubeconfig <file>", "the kubeconfig (default: $KUBECONFIG, or ~/.kube/config)")
    .option("--namespace <name>", "namespace of the actors (default: the context's)")
    .option("--system-namespace <name>", "namespace of the controller and the crew", "troupe-system");
}
