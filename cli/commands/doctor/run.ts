/**
 * `troupe doctor`: which layers there are around sandboxes on this machine.
 *
 * @module
 */

import { missingLayers } from "@troupe/host/sandbox/hardening/layers";
import { probeHardening } from "@troupe/host/sandbox/hardening/probe";
import config from "../../deno.json" with { type: "json" };
import { Output } from "../../view/output.ts";
import { stylesFor } from "../../view/styles.ts";
import { EXIT } from "../exit_code.ts";
import { diagnosisJson, diagnosisLines } from "./print.ts";

/** Options of `troupe doctor`. */
export interface DoctorOptions {
  /** Whether a missing layer is a failure. */
  readonly requireHardening: boolean;
  readonly json: boolean;
}

/**
 * Starts a sandbox, and prints what it says.
 *
 * @returns The exit code: failed when hardening is required and a layer is missing.
 * @throws {ProbeError} when no sandbox can be started.
 */
export async function doctor({ requireHardening, json }: DoctorOptions): Promise<number> {
  const cacheDir = await Deno.makeTempDir({ prefix: "troupe-doctor-" });
  try {
    const layers = await probeHardening(cacheDir);
    const found = { versions: versions(), layers };
    const out = new Output();
    const lines = json ? [diagnosisJson(found)] : diagnosisLines(found, stylesFor(Deno.stdout));
    for (const line of lines) await out.line(line);
    await out.flush();
    return requireHardening && missingLayers(layers).length > 0 ? EXIT.failed : EXIT.ok;
  } finally {
    await Deno.remove(cacheDir, { recursive: true });
  }
}

function versions(): Record<string, string> {
  const { os, arch } = Deno.build;
  return {
    troupe: config.version,
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    [os]: `${Deno.osRelease()} (${arch})`,
  };
}
