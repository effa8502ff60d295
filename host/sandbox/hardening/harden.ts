/**
 * What a sandbox does before anything else: gives up, in the kernel, what it will never need, and says what that came to.
 * Runs inside of the sandbox: no imports but relative ones.
 *
 * @module
 */

import type { Layer, LayerName } from "./layers.ts";
import { type Argument, cString, fixed, Libc } from "./libc.ts";
import { filterSyscalls } from "./seccomp.ts";

const PR = { SET_PDEATHSIG: 1, SET_DUMPABLE: 4, GET_DUMPABLE: 3, SET_NO_NEW_PRIVS: 38, GET_NO_NEW_PRIVS: 39 };
const SIGKILL = 9;
const RLIMIT = { FSIZE: 1, CORE: 4, NOFILE: 7 };
/** The engine has about 20 open; more are made only by what should not run here. */
const OPEN_FILES = 64;
const AT_FDCWD = -100;
const OPEN = { readOnly: 0, writeOnly: 1 };
/** The highest there is: this process goes first. */
const OOM_SCORE = "1000";
/** What `getpriority` answers for a process of the usual priority; less is lower. */
const USUAL_PRIORITY = 20;
/** Enough for what is read: a few lines about the process. */
const READ_BYTES = 8 * 1024;

/** The layers that are put up, or looked at, from inside. */
const OWN: readonly LayerName[] = [
  ...["seccomp", "no-new-privileges", "no-capabilities", "parent-death-signal", "network-namespace"] as const,
  ...["process-limit", "file-limit", "no-core-dumps", "cpu-priority", "oom-score"] as const,
];

/**
 * Puts up the layers, and drops the permission that it takes. For good, for every thread.
 *
 * @returns What there is now, as the kernel says; nothing is taken for granted.
 */
export function harden(): Layer[] {
  const libc = Libc.open();
  try {
    return typeof libc === "string" ? allOff(libc) : putUp(libc);
  } finally {
    if (typeof libc !== "string") libc.close();
    Deno.permissions.revokeSync({ name: "ffi" });
  }
}

/** As {@linkcode harden}, and keeps what it takes to try it afterwards. */
export function putUp(libc: Libc): Layer[] {
  const { pid, ppid } = Deno;
  const before = [
    noNewPrivileges(libc),
    noCapabilities(libc),
    parentDeathSignal(libc, ppid),
    networkNamespace(libc),
    cpuPriority(libc),
    // Needs the process's files, which the next but one closes.
    oomScore(libc),
    fileLimit(libc),
    noCoreDumps(libc),
  ];
  return [...filterSyscalls(libc, pid), ...before];
}

function allOff(why: string): Layer[] {
  return OWN.map((name) => ({ name, state: "off", why }));
}

function layer(name: LayerName, on: boolean, why: string): Layer {
  return { name, state: on ? "on" : "off", why: on ? "" : why };
}

function noNewPrivileges(libc: Libc): Layer {
  const { errno } = libc.call("prctl", PR.SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  const { value } = libc.call("prctl", PR.GET_NO_NEW_PRIVS, 0, 0, 0, 0);
  return layer("no-new-privileges", value === 1, `the kernel refuses it (error ${errno})`);
}

function noCapabilities(libc: Libc): Layer {
  const status = readFile(libc, "/proc/self/status");
  const has = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  if (has === undefined) return layer("no-capabilities", false, "/proc does not say which it has");
  return layer(
    "no-capabilities",
    /^0+$/.test(has),
    "the host is root, and its rights could not be taken away",
  );
}

/** Whoever starts it has set this already, where there is a tool for it. */
function parentDeathSignal(libc: Libc, parent: number): Layer {
  const { errno } = libc.call("prctl", PR.SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (errno !== 0) return layer("parent-death-signal", false, `the kernel refuses it (error ${errno})`);
  // It may have died before it was asked for.
  return layer("parent-death-signal", libc.call("getppid").value === parent, "its host has ended");
}

function networkNamespace(libc: Libc): Layer {
  const table = readFile(libc, "/proc/self/net/dev");
  const interfaces = [...table.matchAll(/^\s*([^\s:|]+):/gm)].map(([, name]) => name);
  if (table === "") return layer("network-namespace", false, "/proc does not say which interfaces there are");
  const others = interfaces.filter((name) => name !== "lo");
  return layer("network-namespace", others.length === 0, `it sees ${others.join(", ")}`);
}

function cpuPriority(libc: Libc): Layer {
  const { value } = libc.call("getpriority", 0, 0);
  return layer("cpu-priority", value < USUAL_PRIORITY && value > 0, "it has the usual priority");
}

function oomScore(libc: Libc): Layer {
  const { value: file, errno } = libc.call(
    "openat",
    AT_FDCWD,
    cString("/proc/self/oom_score_adj"),
    OPEN.writeOnly,
  );
  if (file < 0) {
    return layer("oom-score", false, `/proc/self/oom_score_adj cannot be opened (error ${errno})`);
  }
  const score = cString(OOM_SCORE);
  const written = libc.call("write", file, score, OOM_SCORE.length);
  libc.call("close", file);
  return layer(
    "oom-score",
    written.value === OOM_SCORE.length,
    `the kernel refuses it (error ${written.errno})`,
  );
}

function fileLimit(libc: Libc): Layer {
  const errno = setLimit(libc, RLIMIT.FSIZE, 0) || setLimit(libc, RLIMIT.NOFILE, OPEN_FILES);
  return layer("file-limit", errno === 0, `the kernel refuses it (error ${errno})`);
}

function noCoreDumps(libc: Libc): Layer {
  const errno = setLimit(libc, RLIMIT.CORE, 0) || libc.call("prctl", PR.SET_DUMPABLE, 0, 0, 0, 0).errno;
  const { value } = libc.call("prctl", PR.GET_DUMPABLE, 0, 0, 0, 0);
  return layer("no-core-dumps", errno === 0 && value === 0, `the kernel refuses it (error ${errno})`);
}

/** Sets a limit that cannot be raised again. @returns The error, or 0. */
function setLimit(libc: Libc, resource: number, limit: number): number {
  const pair = fixed(16);
  const view = new DataView(pair.buffer);
  view.setBigUint64(0, BigInt(limit), true);
  view.setBigUint64(8, BigInt(limit), true);
  return libc.call("prlimit64", 0, resource, pair, 0).errno;
}

/** The beginning of a small text file, or nothing where it cannot be read. */
function readFile(libc: Libc, path: string): string {
  const { value: file } = libc.call("openat", AT_FDCWD, cString(path), OPEN.readOnly);
  if (file < 0) return "";
  const bytes = fixed(READ_BYTES);
  const { value: length } = libc.call("read", file, bytes satisfies Argument, bytes.length);
  libc.call("close", file);
  return new TextDecoder().decode(bytes.subarray(0, Math.max(0, length)));
}
