/**
 * Puts the filter of system calls in force, from inside.
 *
 * @module
 */

import { encodeProgram } from "./bpf.ts";
import { buildFilter } from "./filter.ts";
import type { Layer } from "./layers.ts";
import { addressOf, type Argument, fixed, type Libc } from "./libc.ts";
import { ERRNO } from "./policy.ts";
import type { Syscall } from "./syscalls.ts";

const SECCOMP_SET_MODE_FILTER = 1;
/** For the threads that there are already, too. */
const SECCOMP_FILTER_FLAG_TSYNC = 1;
const EINVAL = 22;
/** `struct sock_fprog`: a length and, 8 bytes in, an address. */
const PROGRAM_BYTES = 16;

/** Calls that cannot do anything, and fail in another way where there is no filter. */
const TRIALS: readonly {
  readonly call: Syscall;
  readonly args: readonly Argument[];
  readonly errno: number;
}[] = [
  { call: "socket", args: [-1, -1, -1], errno: ERRNO.EPERM },
  { call: "openat", args: [-1, 0, 0, 0], errno: ERRNO.EPERM },
  { call: "execve", args: [0, 0, 0], errno: ERRNO.EPERM },
  { call: "prctl", args: [-1, 0, 0, 0, 0], errno: ERRNO.EPERM },
  { call: "clone3", args: [0, 0], errno: ERRNO.ENOSYS },
];
/** `CLONE_SIGHAND` without `CLONE_VM`: refused by the kernel as making no sense, with another error. */
const NO_PROCESS = 0x800;

/** Puts the filter in force for every thread there is and will be, and tries it. There must be no new privileges. */
export function filterSyscalls(libc: Libc, pid: number): Layer[] {
  const why = installFilter(libc, pid) || tryFilter(libc);
  const fork = libc.call("clone", NO_PROCESS, 0, 0, 0, 0);
  const noProcess = fork.errno === ERRNO.EPERM
    ? ""
    : `only the filter keeps it from that: ${why || "it does not"}`;
  return [
    { name: "seccomp", state: why ? "off" : "on", why },
    { name: "process-limit", state: noProcess ? "off" : "on", why: noProcess },
  ];
}

/** @returns Why there is none, or nothing. */
function installFilter(libc: Libc, pid: number): string {
  const filter = buildFilter({ architecture: libc.architecture, pid });
  const instructions = encodeProgram(filter);
  const program = fixed(PROGRAM_BYTES);
  const view = new DataView(program.buffer);
  view.setUint16(0, filter.length, true);
  view.setBigUint64(8, addressOf(instructions), true);
  const { value, errno } = libc.call("seccomp", SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, program);
  // Read once more, so that the instructions are there until now.
  if (value === 0 && instructions.length > 0) return "";
  if (value > 0) return `the thread ${value} cannot take the filter`;
  if (errno === ERRNO.ENOSYS || errno === EINVAL) {
    return `the kernel has no filter of system calls (error ${errno})`;
  }
  return `the kernel refuses the filter (error ${errno})`;
}

/** @returns What the filter does not do, or nothing. */
function tryFilter(libc: Libc): string {
  for (const { call, args, errno } of TRIALS) {
    const outcome = libc.call(call, ...args);
    if (outcome.errno !== errno) {
      return `the kernel took the filter, but ${call} ends with error ${outcome.errno} instead of ${errno}`;
    }
  }
  return "";
}
