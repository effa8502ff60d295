/** The words and options of `troupe doctor`. @module */

import type { Command } from "commander";
import { defineCommand, exitWith } from "../define.ts";
import type { DoctorOptions } from "./run.ts";

/** `troupe doctor`. */
export function doctorCommand(): Command {
  return defineCommand({
    name: "doctor",
    summary: "shows what stands between actors and this machine",
    description:
      "Starts a sandbox, asks it which of the kernel's layers are around it, and prints them, with what to do about " +
      "those that are missing. Also prints the versions that a report of a fault should name.",
    examples: [
      { line: "troupe doctor", what: "every layer, and what to do about what is missing" },
      { line: "troupe doctor --require-hardening", what: "whether a host would start here with that option" },
      { line: "troupe doctor --json | jq '.layers[] | select(.state == \"off\")'", what: "for programs" },
    ],
    exitCodes: {
      0: "a sandbox can be started",
      1: "it cannot, or with --require-hardening a layer is missing",
    },
  })
    .option("--require-hardening", "fail when a layer is missing that a hardened host needs", false)
    .option("--json", "one JSON object", false)
    .action(exitWith(async (options: DoctorOptions) => {
      const { doctor } = await import("./run.ts");
      return await doctor(options);
    }));
}
