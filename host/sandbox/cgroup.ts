/**
 * A control group of its own for each sandbox, where a writable one (of version 2) was named to make them in.
 *
 * @module
 */

import type { Layer } from "./hardening/layers.ts";

/** The variable that names the folder, such as one that systemd delegated (`Delegate=yes`). */
export const CGROUP_VARIABLE = "TROUPE_CGROUP";

/** Bound on the threads of one sandbox: the engine has about 10, more on machines with many cores. */
const THREADS = 256;

/** A sandbox's place. */
export interface Group {
  readonly layer: Layer;
  /** Removes the group; after the process has ended. */
  remove(): void;
}

/** Folders whose remains of earlier hosts were removed. */
const tidied = new Set<string>();

/**
 * Puts a process into a new group below a folder.
 *
 * @param folder A control group that this process may write to; empty for none.
 */
export function joinGroup(pid: number, folder: string): Group {
  if (folder === "") return without(`none was named (${CGROUP_VARIABLE})`);
  const path = `${folder}/sandbox-${pid}`;
  try {
    tidy(folder);
    const bounded = boundThreads(folder);
    Deno.mkdirSync(path);
    if (bounded) Deno.writeTextFileSync(`${path}/pids.max`, `${THREADS}`, { create: false });
    Deno.writeTextFileSync(`${path}/cgroup.procs`, `${pid}`, { create: false });
    const why = bounded ? "" : "without a bound on its threads: the group has no controller for it";
    return { layer: { name: "cgroup", state: "on", why }, remove: () => removeGroup(path) };
  } catch (error) {
    removeGroup(path);
    const problem = error instanceof Error ? error.message : String(error);
    return without(`${folder} cannot be used: ${problem}`);
  }
}

function without(why: string): Group {
  return { layer: { name: "cgroup", state: "off", why }, remove: () => {} };
}

/** Lets groups below a folder bound their threads. @returns Whether they can. */
function boundThreads(folder: string): boolean {
  const has = (file: string) => Deno.readTextFileSync(`${folder}/${file}`).trim().split(" ").includes("pids");
  if (has("cgroup.subtree_control")) return true;
  if (!has("cgroup.controllers")) return false;
  Deno.writeTextFileSync(`${folder}/cgroup.subtree_control`, "+pids", { create: false });
  return true;
}

/** Removes groups whose processes ended with their host; one that has processes cannot be removed. */
function tidy(folder: string): void {
  if (tidied.has(folder)) return;
  tidied.add(folder);
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory && /^sandbox-\d+$/.test(name)) removeGroup(`${folder}/${name}`);
  }
}

function removeGroup(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // It was not made, or is in use, or still ends: the next host removes it.
  }
}
