/**
 * What to do about a layer that is missing.
 *
 * @module
 */

import type { LayerName } from "@troupe/host/sandbox/hardening/layers";

/** By layer, for the person who runs the machine. */
export const ADVICE: Readonly<Record<LayerName, string>> = {
  "seccomp":
    "use Linux on x86_64 or aarch64 with CONFIG_SECCOMP_FILTER, and a container runtime that allows seccomp(2)",
  "no-new-privileges": "use Linux, with glibc",
  "no-capabilities": "run the host as another user than root, or install setpriv (util-linux)",
  "parent-death-signal": "use Linux, with glibc",
  "network-namespace":
    "allow user namespaces, and install unshare (util-linux); where a pod may not have them, seccomp does the same",
  "process-limit": "it comes with seccomp",
  "file-limit": "use Linux, with glibc",
  "no-core-dumps": "use Linux, with glibc",
  "memory-bound": "install prlimit (util-linux)",
  "cpu-priority": "install nice (coreutils)",
  "oom-score": "mount /proc so that a process can write its own oom_score_adj",
  "cgroup": "name a control group of version 2 that the host may write to, in TROUPE_CGROUP",
};
