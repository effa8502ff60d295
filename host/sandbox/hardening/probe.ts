/**
 * Starts a sandbox to see which layers there are around it, on this machine and for this user.
 *
 * @module
 */

import { TroupeError } from "../../errors.ts";
import { bundleForSandbox } from "../bundle.ts";
import { boundMemory, type Sandbox, spawnSandbox } from "../spawn.ts";
import type { Layer } from "./layers.ts";
import { describeMissing, readReport, REPORT_BYTES } from "./report.ts";

/** The layers that a host was told to insist on cannot all be had. */
export class HardeningMissingError extends TroupeError {
  constructor(missing: string) {
    super(
      "troupe.HardeningMissing",
      "user",
      `Actors would run with fewer layers around them than --require-hardening asks for. Missing: ${missing}. ` +
        "See docs/hardening.md for what each needs, or start without --require-hardening",
    );
  }
}

/** A sandbox was started to be asked, and did not answer. */
export class ProbeError extends TroupeError {
  constructor(detail: string) {
    super("troupe.SandboxProbe", "system", `No sandbox can be started here: ${detail}`);
  }
}

/** More than the probe ever needs, in bytes: whether the bound can be set is what is asked. */
const MEMORY_BYTES = 256 * 1024 * 1024;

/**
 * Asks a sandbox of its own.
 *
 * @param cacheDir Folder for the bundled code of the sandbox.
 * @throws {ProbeError} when it does not answer; `BundleError` when its code cannot be bundled.
 */
export async function probeHardening(cacheDir: string): Promise<Layer[]> {
  const script = await bundleForSandbox(new URL("./child/main.ts", import.meta.url), cacheDir);
  const sandbox = spawnSandbox(script, { hardens: true });
  try {
    const body = await firstLine(sandbox);
    const layers = body && readReport(body, sandbox.launched);
    if (!layers) throw new ProbeError(await describeEnd(sandbox));
    if (await boundMemory(sandbox.pid, MEMORY_BYTES)) return layers;
    const refused: Layer = { name: "memory-bound", state: "off", why: "prlimit is refused" };
    return layers.map((layer) => layer.name === refused.name && layer.state === "on" ? refused : layer);
  } finally {
    sandbox.kill();
    await Promise.all([sandbox.ended, sandbox.stderr]);
    await Promise.all([sandbox.stdin.abort().catch(() => {}), sandbox.stdout.cancel()]);
  }
}

/**
 * Asks a sandbox of its own, and insists.
 *
 * @throws {HardeningMissingError} when a layer is missing that has to be there; and as {@linkcode probeHardening}.
 */
export async function requireHardening(cacheDir: string): Promise<void> {
  const missing = describeMissing(await probeHardening(cacheDir));
  if (missing) throw new HardeningMissingError(missing);
}

/** What it writes up to the end of the line; undefined when it ends before, or writes too much. */
async function firstLine(sandbox: Sandbox): Promise<Uint8Array | undefined> {
  const bytes = new Uint8Array(REPORT_BYTES);
  let length = 0;
  for await (const chunk of sandbox.stdout.values({ preventCancel: true })) {
    if (length + chunk.length > bytes.length) return undefined;
    bytes.set(chunk, length);
    length += chunk.length;
    if (bytes[length - 1] === "\n".charCodeAt(0)) return bytes.subarray(0, length);
  }
  return undefined;
}

async function describeEnd(sandbox: Sandbox): Promise<string> {
  sandbox.kill();
  const [{ code, signal }, stderr] = await Promise.all([sandbox.ended, sandbox.stderr]);
  const said = stderr.replaceAll(/[\p{Cc}\s]+/gu, " ").trim();
  return `it ended with ${signal ?? `exit code ${code}`}${
    said ? `: ${said}` : " and said nothing that can be read"
  }`;
}
