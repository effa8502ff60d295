/**
 * The layers around a sandbox, beside the permissions that Deno does not give it: what they are called, and which there
 * have to be.
 *
 * @module
 */

/** What each layer is for, by name, in the order in which they are shown. */
export const LAYERS = {
  "seccomp":
    "a filter of system calls: no file, socket, program or other process can be reached, even by native code",
  "no-new-privileges": "nothing that it starts could gain rights",
  "no-capabilities": "it has none of root's rights, even where the host is root",
  "parent-death-signal": "it dies with its host",
  "network-namespace": "it has a network of its own, without interfaces",
  "process-limit": "it can begin no process",
  "file-limit": "few file descriptors, and no file can be written",
  "no-core-dumps": "its memory is never written to disk, and is closed to other processes of the same user",
  "memory-bound": "the kernel bounds its memory",
  "cpu-priority": "the host runs before it",
  "oom-score": "short of memory, the kernel ends it first",
  "cgroup": "a group of its own, with a bound on its threads",
} as const satisfies Record<string, string>;

/** The name of a layer. */
export type LayerName = keyof typeof LAYERS;

/** One layer around a sandbox. */
export interface Layer {
  readonly name: LayerName;
  readonly state: "on" | "off";
  /** Why it is off; what it is, in a few words, when it is on. May be empty. */
  readonly why: string;
}

/** Layers that a hardened host can do without: what the network's keeps out, the filter does too; a group has to be named. */
export const OPTIONAL: ReadonlySet<LayerName> = new Set(["network-namespace", "cgroup"]);

/** The layers that are missing and have to be there. */
export function missingLayers(
  layers: readonly Layer[],
): { readonly name: LayerName; readonly why: string }[] {
  return (Object.keys(LAYERS) as LayerName[]).flatMap((name) => {
    const found = layers.find((layer) => layer.name === name);
    return OPTIONAL.has(name) || found?.state === "on"
      ? []
      : [{ name, why: found?.why ?? "nothing is known of it" }];
  });
}
