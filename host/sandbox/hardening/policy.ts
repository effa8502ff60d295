/**
 * Which system calls a sandbox may make. What is not listed here fails with "not permitted".
 *
 * A list of what is allowed, not of what is forbidden: traced over compiling, tiers, collections, timers, pipes,
 * cryptography, deep recursion and uncaught errors, the engine makes about 40 different calls, and what the kernel offers
 * beside them grows with each version. Refusals are soft, so that a call that nobody thought of is an error in one place
 * rather than the end of the process.
 *
 * @module
 */

import type { Syscall } from "./syscalls.ts";

/** A comparison of 32 bits of an argument. */
export interface Check {
  /** Which argument, from 0. */
  readonly argument: number;
  /** Which half of it: pointers have two, what the kernel takes as an `int` only the lower one. @default "low" */
  readonly half?: "low" | "high";
  /** The bits that count. @default all */
  readonly mask?: number;
  /** What they have to be; `self` is the process's own id. */
  readonly equals: number | "self";
}

/** What is done with a call. */
export interface Rule {
  readonly call: Syscall;
  /** Allowed if all checks of one of these lists hold. @default always */
  readonly when?: readonly (readonly Check[])[];
  /** Fails with this error, instead of being allowed. */
  readonly fails?: number;
}

/** Errors that calls fail with, as the kernel numbers them; the same on both architectures. */
export const ERRNO = { EPERM: 1, ENOSYS: 38 } as const;

const CLONE = { THREAD: 0x0001_0000, PTRACE: 0x0000_2000, NEW: 0x7e02_0000 } as const;
const AF_UNIX = 1;

const ALWAYS: readonly Syscall[] = [
  // The kernel need not run the filter for these: what the engine does most.
  ...["futex", "madvise", "mprotect", "munmap", "mmap", "brk", "mremap", "membarrier"] as const,
  ...["read", "write", "readv", "writev", "close", "lseek", "fstat", "dup"] as const,
  ...["epoll_wait", "epoll_pwait", "epoll_pwait2", "epoll_ctl", "epoll_create1", "poll", "ppoll"] as const,
  ...["eventfd2", "pipe2", "recvfrom"] as const,
  ...[
    "clock_gettime",
    "clock_getres",
    "clock_nanosleep",
    "nanosleep",
    "gettimeofday",
    "time",
    "getcpu",
  ] as const,
  ...["getrandom", "sched_yield", "gettid", "getpid", "getppid"] as const,
  ...["rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "restart_syscall"] as const,
  ...["set_robust_list", "rseq", "sched_getaffinity", "sched_getscheduler", "sched_getparam"] as const,
  ...["exit", "exit_group", "pkey_alloc", "pkey_free", "pkey_mprotect", "mseal"] as const,
  ...["uname", "sysinfo", "getrusage", "getrlimit", "getuid", "geteuid", "getgid", "getegid"] as const,
];

/** Allowed when the argument is one of the values. */
function oneOf(call: Syscall, argument: number, values: Readonly<Record<string, number>>): Rule {
  return { call, when: Object.values(values).map((equals) => [{ argument, equals }]) };
}

/** The rules. No call has two. */
export const RULES: readonly Rule[] = [
  ...ALWAYS.map((call) => ({ call })),
  // The flags of the newer call lie in memory, where a filter cannot look; without it, the library takes the older one.
  { call: "clone3", fails: ERRNO.ENOSYS },
  // Threads, but neither processes nor threads in a namespace of their own.
  {
    call: "clone",
    when: [[{ argument: 0, mask: CLONE.THREAD | CLONE.PTRACE | CLONE.NEW, equals: CLONE.THREAD }]],
  },
  // A signal to itself: that is how it aborts.
  { call: "tgkill", when: [[{ argument: 0, equals: "self" }]] },
  // Without F_SETOWN and F_SETSIG: with them, a pipe sends signals to any process of the same user.
  oneOf("fcntl", 1, { F_DUPFD: 0, F_GETFD: 1, F_SETFD: 2, F_GETFL: 3, F_SETFL: 4, F_DUPFD_CLOEXEC: 1030 }),
  oneOf("ioctl", 1, {
    TCGETS: 0x5401,
    TIOCGWINSZ: 0x5413,
    FIONREAD: 0x541b,
    FIONBIO: 0x5421,
    FIOCLEX: 0x5451,
  }),
  // Names for threads and for memory.
  oneOf("prctl", 0, { PR_SET_NAME: 15, PR_GET_NAME: 16, PR_SET_VMA: 0x53564d41 }),
  // A pair that is joined to itself and to nothing else: the event loop makes one.
  oneOf("socketpair", 0, { AF_UNIX }),
  // Limits can be read, its own, and not be set.
  {
    call: "prlimit64",
    when: ([0, "self"] as const).map((pid) => [
      { argument: 0, equals: pid },
      { argument: 2, half: "low", equals: 0 },
      { argument: 2, half: "high", equals: 0 },
    ]),
  },
];
