/**
 * What native code could do in a sandbox: puts up the layers as every sandbox does, but keeps what makes system calls, and
 * tries. Then goes on with what the engine needs. Prints what came of it, as JSON. For tests.
 *
 * @module
 */

import { DENIED } from "./_denied_testing.ts";
import { putUp } from "./harden.ts";
import { type Argument, cString, fixed, Libc } from "./libc.ts";

const libc = Libc.open();
if (typeof libc === "string") throw new Error(libc);
const layers = putUp(libc);

const denied = (name: string, ...args: Argument[]) => {
  const number = DENIED[name]?.[libc.architecture === "x86_64" ? 0 : 1];
  return number === undefined ? undefined : libc.callNumber(number, ...args).errno;
};
const { pid, ppid } = Deno;
const AT_FDCWD = -100;
const parentsEnvironment = cString(`/proc/${ppid}/environ`);
// Two addresses and lengths, as `struct iovec`.
const vectors = fixed(32);

const refused = {
  "open a file": denied("openat", AT_FDCWD, cString("/etc/hostname"), 0),
  "open the parent's environment": denied("openat", AT_FDCWD, parentsEnvironment, 0),
  "open the parent's environment in the old way": denied("open", parentsEnvironment, 0),
  "open the parent's environment in a new way": denied(
    "openat2",
    AT_FDCWD,
    parentsEnvironment,
    fixed(24),
    24,
  ),
  "look for a file": denied("newfstatat", AT_FDCWD, cString("/etc/hostname"), fixed(256), 0),
  "remove a file": denied("unlinkat", AT_FDCWD, cString("/tmp/troupe-is-not-here"), 0),
  "open a socket": denied("socket", 2, 1, 0),
  "open a socket of this machine": denied("socket", 1, 1, 0),
  "see whether the parent can be signalled": denied("kill", ppid, 0),
  "signal its whole group": denied("kill", 0, 0),
  "signal a thread of the parent": libc.call("tgkill", ppid, ppid, 0).errno,
  "have a pipe signal the parent": libc.call("fcntl", 0, 8, ppid).errno,
  "run a program": denied("execve", cString("/bin/true"), 0, 0),
  "fork": libc.call("clone", 17, 0, 0, 0, 0).errno,
  "fork in the old way": denied("fork"),
  "make a namespace": denied("unshare", 0x10000000),
  "trace the parent": denied("ptrace", 16, ppid, 0, 0),
  "read the parent's memory": denied("process_vm_readv", ppid, vectors, 1, vectors, 1, 0),
  "write the parent's memory": denied("process_vm_writev", ppid, vectors, 1, vectors, 1, 0),
  "ask for a ring": denied("io_uring_setup", 1, fixed(256)),
  "load a program into the kernel": denied("bpf", 0, fixed(64), 64),
  "mount": denied("mount", 0, 0, 0, 0, 0),
  "make a file in memory": denied("memfd_create", cString("x"), 0),
  "handle its own faults": denied("userfaultfd", 0),
  "outlive its parent": libc.call("prctl", 1, 0, 0, 0, 0).errno,
  "be traced again": libc.call("prctl", 4, 1, 0, 0, 0).errno,
  "raise a limit": libc.call("prlimit64", 0, 7, fixed(16), 0).errno,
};
const newer = {
  "fork in a new way": libc.call("clone3", fixed(88), 88).errno,
  "what is not known yet": libc.callNumber(1000).errno,
  "the calls of x32": libc.callNumber(0x4000_0000 + 39).errno,
};
const allowed = {
  "its own id": libc.call("getpid").value === pid,
  "a signal to itself": libc.call("tgkill", pid, pid, 0).errno,
};

// A module whose loop is worth the optimising compiler, which works in threads of its own.
const LOOP = [
  ...[
    0,
    97,
    115,
    109,
    1,
    0,
    0,
    0,
    1,
    6,
    1,
    96,
    1,
    127,
    1,
    127,
    3,
    2,
    1,
    0,
    5,
    3,
    1,
    0,
    1,
    7,
    5,
    1,
    1,
    102,
    0,
    0,
  ],
  ...[
    10,
    27,
    1,
    25,
    1,
    1,
    127,
    3,
    64,
    32,
    1,
    32,
    0,
    106,
    33,
    1,
    32,
    0,
    65,
    1,
    107,
    34,
    0,
    13,
    0,
    11,
    32,
    1,
    11,
  ],
];
const goesOn: Record<string, () => unknown> = {
  "compile and run": async () => {
    const { instance } = await WebAssembly.instantiate(new Uint8Array(LOOP));
    let sum = 0;
    for (let n = 0; n < 3_000; n++) sum = (instance.exports.f as (n: number) => number)(2_000);
    return sum === 2_001_000;
  },
  "grow a memory": () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    memory.grow(1_000);
    return new Uint8Array(memory.buffer).fill(1).length === 1_001 * 65_536;
  },
  "optimise JavaScript": () => {
    const sum = (to: number) => {
      let result = 0;
      for (let n = 0; n < to; n++) result += Math.sqrt(n);
      return result;
    };
    return Array.from({ length: 100 }, () => sum(50_000)).every(Number.isFinite);
  },
  "collect what is left": () => {
    let kept: unknown[] = [];
    for (let n = 0; n < 1_000_000; n++) {
      kept.push({ n, list: [n] });
      if (kept.length > 100_000) kept = [];
    }
    (globalThis as unknown as { gc: () => void }).gc();
    return true;
  },
  "wait": async () => {
    const start = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 5));
    return performance.now() - start >= 4;
  },
  "random numbers": () => new Set(crypto.getRandomValues(new Uint8Array(1_000))).size > 100,
  "cryptography": async () => {
    const digest = await crypto.subtle.digest("SHA-256", new Uint8Array(1_000_000));
    const key = await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, true, ["sign"]);
    return digest.byteLength === 32 &&
      (await crypto.subtle.sign("HMAC", key, new Uint8Array(9))).byteLength === 32;
  },
  "import what is in memory": async () => {
    const url = URL.createObjectURL(new Blob(["export default 7"], { type: "text/javascript" }));
    return (await import(url)).default === 7;
  },
  "fail deep down": () => {
    const down = (): number => down() + 1;
    try {
      return down() < 0;
    } catch (error) {
      return error instanceof RangeError && typeof error.stack === "string";
    }
  },
  "dates and languages": () =>
    new Date(0).toString().length > 10 && new Intl.DateTimeFormat("de").format(0).length > 5 &&
    "a".localeCompare("ä") < 0,
  "read what comes": async () => {
    const bytes = new Uint8Array(65_536);
    let length = 0;
    for (let read; (read = await Deno.stdin.read(bytes)) !== null;) length += read;
    return length === 300_000;
  },
};
const done: Record<string, unknown> = {};
for (const [name, run] of Object.entries(goesOn)) {
  try {
    done[name] = await run();
  } catch (error) {
    done[name] = String(error);
  }
}
const text = new TextEncoder().encode(JSON.stringify({ layers, refused, newer, allowed, goesOn: done }));
for (let at = 0; at < text.length;) at += Deno.stdout.writeSync(text.subarray(at));
