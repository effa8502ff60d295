/**
 * The program of the controller, as a process with the least permissions of Deno.
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";
import { freePort, ServerProcess } from "../servers/_process.ts";
import { LoggedProcess } from "./_logged_process.ts";

const ROOT = fromFileUrl(new URL("../..", import.meta.url));

/** What a replica is started with: files, a folder, and what its command line says. */
export interface ControllerProcessOptions {
  readonly settings: string;
  readonly brokers: string;
  readonly kubeconfig: string;
  readonly identity: string;
  readonly leaseSeconds: number;
  /** For how many actors it works at once. @default the controller's own */
  readonly workers?: number | undefined;
  /** File of its log. */
  readonly log: string;
}

/** Starts a replica; what it says tells how far it is. */
export async function startController(options: ControllerProcessOptions): Promise<LoggedProcess> {
  const { settings, brokers, kubeconfig, identity, leaseSeconds, workers, log } = options;
  const port = freePort();
  await Deno.writeTextFile(log, "");
  const home = Deno.env.get("HOME") ?? "";
  const child = new ServerProcess(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", "--cached-only", "--ignore-env", "--allow-net=127.0.0.1"],
      `--allow-read=${[settings, brokers, kubeconfig].join()}`,
      join(ROOT, "controller/main.ts"),
      ...["--settings", settings, "--brokers", brokers, "--kubeconfig", kubeconfig],
      ...["--identity", identity, "--health-port", String(port), "--lease-seconds", String(leaseSeconds)],
      ...(workers === undefined ? [] : ["--workers", String(workers)]),
    ],
    env: { HOME: home, DENO_DIR: Deno.env.get("DENO_DIR") ?? join(home, ".cache/deno"), NO_COLOR: "1" },
    cwd: ROOT,
    log,
  });
  return new LoggedProcess(child, { log, port });
}
