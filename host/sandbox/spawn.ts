/**
 * A child process in which untrusted code may run: Deno without a single permission, with an empty environment, no cache
 * folder, pipes for stdin and stdout, and nothing else; and around it the layers that the system has (see `hardening/`).
 *
 * @module
 */

import { dirname } from "@std/path";
import { CGROUP_VARIABLE, joinGroup } from "./cgroup.ts";
import type { Layer } from "./hardening/layers.ts";
import type { Launched } from "./hardening/report.ts";
import { findTool, launcher } from "./launch.ts";

/** Options of {@linkcode spawnSandbox}. */
export interface SandboxOptions {
  /** Flags for V8, such as `--wasm-max-mem-pages=2048`. @default [] */
  readonly v8Flags?: readonly string[];
  /**
   * Whether the script calls `harden` before it does anything else. It needs a permission for that, which `harden` drops:
   * a script that does not would keep it. @default false
   */
  readonly hardens?: boolean;
}

/** A running child. */
export interface Sandbox {
  readonly pid: number;
  /** What the host knows of the layers around it: the rest is what the script reports. */
  readonly launched: Launched;
  readonly stdin: WritableStream<Uint8Array<ArrayBuffer>>;
  readonly stdout: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** What the child wrote to stderr, the first 16 KiB of it; resolves when that is there, or the child has ended. */
  readonly stderr: Promise<string>;
  /** Resolves when the child has ended. */
  readonly ended: Promise<{ readonly code: number; readonly signal: string | null }>;
  /** Ends it at once, whatever it is doing. Safe to call twice. */
  kill(): void;
}

/** How much of a child's stderr is kept: V8 prints a page when it runs out of memory. */
const STDERR_BYTES = 16 * 1024;

const PRLIMIT = findTool("prlimit");

/** Whether the system has what {@linkcode boundMemory} needs. */
export const CAN_BOUND_MEMORY: boolean = PRLIMIT !== undefined;

const MEMORY_LAYER: Layer = {
  name: "memory-bound",
  state: CAN_BOUND_MEMORY ? "on" : "off",
  why: CAN_BOUND_MEMORY ? "" : "the system has no prlimit (util-linux)",
};

const ENVIRONMENT: Readonly<Record<string, string>> = {
  // localStorage and caches write below DENO_DIR even without permission; no folder can be made below a device.
  DENO_DIR: Deno.build.os === "windows" ? "NUL" : "/dev/null",
  // Else Deno itself goes to the network, to ask for a newer version.
  DENO_NO_UPDATE_CHECK: "1",
  NO_COLOR: "1",
};

/**
 * Starts a child that runs a script without any permission.
 *
 * It dies with its parent, even while guest code spins in it, where the system has `setpriv` (parent-death signal);
 * elsewhere it ends when its stdin ends and it next looks.
 *
 * @param script Path of one JavaScript file without imports (see `bundle.ts`).
 */
export function spawnSandbox(script: string, options: SandboxOptions = {}): Sandbox {
  const flags = [
    "run",
    "--quiet",
    "--no-prompt",
    "--no-remote",
    "--no-npm",
    "--no-config",
    "--no-lock",
    "--no-code-cache",
  ];
  if (options.v8Flags?.length) flags.push(`--v8-flags=${options.v8Flags.join(",")}`);
  // Elsewhere there is nothing that it could do with it.
  if (options.hardens && Deno.build.os === "linux") flags.push("--allow-ffi");
  const { prefix, omitted } = launcher();
  const command = [...prefix, Deno.execPath(), ...flags, script];
  const [program, ...args] = command as [string, ...string[]];
  const child = new Deno.Command(program, {
    args,
    cwd: dirname(script),
    clearEnv: true,
    env: ENVIRONMENT,
    // Ctrl-C on a terminal goes to every process of the group; whoever runs this one decides when it ends.
    detached: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  // Before it runs anything of anybody's: its script has only begun to be read.
  const group = joinGroup(child.pid, Deno.env.get(CGROUP_VARIABLE) ?? "");
  let running = true;
  return {
    pid: child.pid,
    launched: { layers: [MEMORY_LAYER, group.layer], omitted },
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: readStart(child.stderr, STDERR_BYTES),
    ended: child.status.then(({ code, signal }) => {
      running = false;
      group.remove();
      return { code, signal };
    }),
    kill() {
      if (!running) return;
      try {
        child.kill("SIGKILL");
      } catch (error) {
        // It has ended, and its status is on the way.
        if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
      }
    },
  };
}

/** Reads the first `limit` bytes of a stream, as text. More is not read: a child could write without end. */
async function readStart(stream: ReadableStream<Uint8Array>, limit: number): Promise<string> {
  const kept = new Uint8Array(limit);
  let length = 0;
  for await (const chunk of stream) {
    const part = chunk.subarray(0, limit - length);
    kept.set(part, length);
    length += part.length;
    if (length === limit) break;
  }
  return new TextDecoder().decode(kept.subarray(0, length));
}

/**
 * Bounds the private writable memory that a process may have from now on, in the kernel: what it has now plus `extra`
 * bytes. Growth beyond fails in the process, and nowhere else. Also turns off its core dumps.
 *
 * @returns Whether the bound is in force: not where the system has no `prlimit` or no `/proc`, or the process has ended.
 */
export async function boundMemory(pid: number, extra: number): Promise<boolean> {
  if (!PRLIMIT) return false;
  const data = statusBytes(pid, "VmData");
  if (data === undefined) return false;
  const { success } = await new Deno.Command(PRLIMIT, {
    args: [`--pid=${pid}`, `--data=${data + extra}`, "--core=0"],
    clearEnv: true,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).output();
  return success;
}

/** Bytes of memory that a process has resident, or undefined where that cannot be read (it has ended; no `/proc`). */
export function residentBytes(pid: number): number | undefined {
  return statusBytes(pid, "VmRSS");
}

/** Length of a tick of `/proc`, in milliseconds: the same on every Linux of today. */
const TICK_MS = 10;

/**
 * Processor time that a process has spent, all its threads together, in milliseconds; in steps of 10. Undefined where that
 * cannot be read.
 */
export function cpuMs(pid: number): number | undefined {
  // After the name, which can have anything in it: state is the first field, user and system time are the 12th and 13th.
  const fields = readProcess(pid, "stat")?.replace(/^.*\) /s, "").split(" ");
  return fields && (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

function statusBytes(pid: number, field: "VmRSS" | "VmData"): number | undefined {
  const status = readProcess(pid, "status") ?? "";
  const kibibytes = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status);
  return kibibytes ? Number(kibibytes[1]) * 1024 : undefined;
}

/** What the kernel says of a process; undefined where there is no such process, or no `/proc`. */
function readProcess(pid: number, file: "stat" | "status"): string | undefined {
  if (Deno.build.os !== "linux") return undefined;
  try {
    return Deno.readTextFileSync(`/proc/${pid}/${file}`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || (error as { code?: string }).code === "ESRCH") {
      return undefined;
    }
    throw error;
  }
}
