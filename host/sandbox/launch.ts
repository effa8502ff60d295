/**
 * What a sandbox is started by: the system's own tools that put a process under the kernel's limits before it begins, as
 * far as they are there and the kernel lets them.
 *
 * @module
 */

import type { LayerName } from "./hardening/layers.ts";

/** How a command is started. */
export interface Launcher {
  /** Goes before the command. */
  readonly prefix: readonly string[];
  /** Why something was left out, by the layer that is missing for it. */
  readonly omitted: ReadonlyMap<LayerName, string>;
}

/** How much nicer a sandbox is than its host: it gets a third of what the host gets, when both want a core. */
const NICENESS = 5;
/** Longest piece of what a tool says that is passed on. */
const SAID = 200;

/** The file of a tool of the system, or nothing where there is none. */
export function findTool(name: string): string | undefined {
  if (Deno.build.os !== "linux") return undefined;
  for (const folder of ["/usr/bin", "/bin", "/usr/sbin", "/sbin"]) {
    try {
      if (Deno.statSync(`${folder}/${name}`).isFile) return `${folder}/${name}`;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return undefined;
}

let found: Launcher | undefined;

/** What there is, tried out once in this process. */
export function launcher(): Launcher {
  return found ??= findLauncher();
}

function findLauncher(): Launcher {
  const omitted = new Map<LayerName, string>();
  if (Deno.build.os !== "linux") return { prefix: [], omitted };
  const namespace = namespaceTool();
  if (typeof namespace === "string") omitted.set("network-namespace", namespace);
  const nice = findTool("nice");
  if (!nice) omitted.set("cpu-priority", "the system has no nice (coreutils)");
  const setpriv = findTool("setpriv");
  // A new user namespace takes them away by itself.
  const dropped = typeof namespace === "string" ? capabilityFlags(setpriv) : [];
  if (typeof dropped === "string") omitted.set("no-capabilities", dropped);
  return {
    prefix: [
      ...(typeof namespace === "string" ? [] : namespace),
      ...(nice ? [nice, "-n", `${NICENESS}`] : []),
      // The last of them: a change of rights would clear the signal.
      ...(setpriv
        ? [
          setpriv,
          ...["--pdeathsig", "KILL", "--no-new-privs"],
          ...(typeof dropped === "string" ? [] : dropped),
          "--",
        ]
        : []),
    ],
    omitted,
  };
}

/** What puts a command into namespaces of its own; or why there are none. */
function namespaceTool(): string[] | string {
  const unshare = findTool("unshare");
  if (!unshare) return "the system has no unshare (util-linux)";
  // Without a fork: the process keeps its id, and is the host's own child.
  const prefix = [unshare, "--user", "--net", "--"];
  const problem = problemOf([...prefix, unshare, "--version"]);
  return problem ? `the kernel or the container denies it: ${problem}` : prefix;
}

/** What takes root's rights away where that needs doing; or why it cannot be done. */
function capabilityFlags(setpriv: string | undefined): string[] | string {
  if (!/^CapEff:\s*0*[1-9a-f]/m.test(Deno.readTextFileSync("/proc/self/status"))) return [];
  if (!setpriv) return "the host is root, and the system has no setpriv (util-linux)";
  const flags = ["--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all"];
  const problem = problemOf([setpriv, ...flags, "--", setpriv, "--version"]);
  return problem ? `the host has rights that it cannot take from a child: ${problem}` : flags;
}

/** Runs a command that does nothing. @returns What went wrong, or nothing. */
function problemOf([program, ...args]: readonly string[]): string {
  const { success, code, stderr } = new Deno.Command(program ?? "", { args, clearEnv: true, stdin: "null" })
    .outputSync();
  if (success) return "";
  const said = new TextDecoder().decode(stderr).replaceAll(/[\p{Cc}\s]+/gu, " ").trim().slice(0, SAID);
  return said || `exit code ${code}`;
}
