/**
 * What is in the image. Everything else follows from this list: the Dockerfile, what Docker is given to build from, and the
 * folder that tests run the host in.
 *
 * @module
 */

import { IMAGE_USER } from "./commands.ts";

/** The version of the runtime, which is also what builds. */
export const DENO_VERSION = "2.9.6";

/**
 * What the image is built from: the runtime, and a system with a C library for it. `docker build --build-arg` can name
 * others, such as the same by their digests.
 */
export const BASES = {
  DENO_IMAGE: `denoland/deno:bin-${DENO_VERSION}`,
  SYSTEM_IMAGE: "debian:bookworm-slim",
} as const satisfies Record<string, string>;

/** What is run. What these files import, by whatever way, is in the image, and no other source. */
export const ENTRIES: readonly string[] = ["host/main.ts", "controller/main.ts"];

/** The parts of the workspace that have a say in what those import. */
export const MEMBERS: readonly string[] = ["host", "controller"];

/** Packages of which files are read and nothing is imported: what they themselves need is left out. */
export const READ_ONLY_PACKAGES: readonly string[] = ["@bytecodealliance/jco-transpile"];

/** Files of packages that nothing reads when a program runs: nearly half of what they have. */
export const UNREAD: RegExp = /\.(d\.[cm]?ts|map)$/;

/** Code that runs in sandboxes: one file of each is made when the image is built. */
export const SCRIPTS: readonly string[] = [
  "host/component/child/main.ts",
  "host/sandbox/hardening/child/main.ts",
  "host/stage/child/main.ts",
];

/** Programs of the system that put a sandbox under the kernel's limits; there is no shell, and no other program. */
export const TOOLS: readonly string[] = [
  "/usr/bin/nice",
  "/usr/bin/prlimit",
  "/usr/bin/setpriv",
  "/usr/bin/unshare",
];

/** Files that are written, by path. */
export const WRITTEN: Readonly<Record<string, string>> = {
  "/etc/passwd": `root:x:0:0:root:/:/sbin/nologin\n` +
    `troupe:x:${IMAGE_USER}:${IMAGE_USER}:troupe:/:/sbin/nologin\n`,
  "/etc/group": `root:x:0:\ntroupe:x:${IMAGE_USER}:\n`,
};

/** Files of the system, where it has them: which one it is, for whoever looks for its known flaws. */
export const COPIED: readonly string[] = ["/etc/os-release"];

/** Folders that are empty: what a pod has is mounted there. */
export const FOLDERS: readonly string[] = [
  "/dev",
  "/etc/troupe",
  "/proc",
  "/sys",
  "/tmp",
  "/var/cache/troupe",
];
