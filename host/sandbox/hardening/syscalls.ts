/**
 * Numbers of the system calls that a sandbox's filter lets through, and of those that its boot makes, by architecture.
 *
 * @module
 */

/** Architectures that there is a filter for, as Deno names them. */
export type Architecture = "x86_64" | "aarch64";

/** What seccomp calls an architecture. */
export const AUDIT_ARCH: Readonly<Record<Architecture, number>> = {
  x86_64: 0xc000003e,
  aarch64: 0xc00000b7,
};

/** The highest number that this table knows of, on each architecture: calls that came to Linux later have higher ones. */
export const NEWEST = 462;

/** On x86_64 and on aarch64; `undefined` where an architecture lacks it. */
type Numbers = readonly [x86_64: number | undefined, aarch64: number | undefined];

const NUMBERS = {
  // What is open already.
  read: [0, 63],
  write: [1, 64],
  readv: [19, 65],
  writev: [20, 66],
  close: [3, 57],
  lseek: [8, 62],
  fstat: [5, 80],
  dup: [32, 23],
  fcntl: [72, 25],
  ioctl: [16, 29],
  // Waiting.
  pipe2: [293, 59],
  eventfd2: [290, 19],
  epoll_create1: [291, 20],
  epoll_ctl: [233, 21],
  epoll_wait: [232, undefined],
  epoll_pwait: [281, 22],
  epoll_pwait2: [441, 441],
  poll: [7, undefined],
  ppoll: [271, 73],
  recvfrom: [45, 207],
  socketpair: [53, 199],
  // Memory.
  mmap: [9, 222],
  munmap: [11, 215],
  mprotect: [10, 226],
  mremap: [25, 216],
  madvise: [28, 233],
  brk: [12, 214],
  membarrier: [324, 283],
  pkey_alloc: [330, 289],
  pkey_free: [331, 290],
  pkey_mprotect: [329, 288],
  mseal: [462, 462],
  // Threads.
  futex: [202, 98],
  set_robust_list: [273, 99],
  rseq: [334, 293],
  sched_yield: [24, 124],
  sched_getaffinity: [204, 123],
  sched_getscheduler: [145, 120],
  sched_getparam: [143, 121],
  clone: [56, 220],
  clone3: [435, 435],
  gettid: [186, 178],
  getpid: [39, 172],
  getppid: [110, 173],
  exit: [60, 93],
  exit_group: [231, 94],
  // Signals.
  rt_sigaction: [13, 134],
  rt_sigprocmask: [14, 135],
  rt_sigreturn: [15, 139],
  sigaltstack: [131, 132],
  tgkill: [234, 131],
  restart_syscall: [219, 128],
  // Time and chance.
  clock_gettime: [228, 113],
  clock_getres: [229, 114],
  clock_nanosleep: [230, 115],
  nanosleep: [35, 101],
  gettimeofday: [96, 169],
  time: [201, undefined],
  getcpu: [309, 168],
  getrandom: [318, 278],
  // Facts about the process and the machine.
  uname: [63, 160],
  sysinfo: [99, 179],
  getrusage: [98, 165],
  getrlimit: [97, 163],
  prlimit64: [302, 261],
  prctl: [157, 167],
  getuid: [102, 174],
  geteuid: [107, 175],
  getgid: [104, 176],
  getegid: [108, 177],
  // What the boot does before the filter is there, and what it tries afterwards.
  seccomp: [317, 277],
  openat: [257, 56],
  socket: [41, 198],
  execve: [59, 221],
  getpriority: [140, 141],
} as const satisfies Record<string, Numbers>;

/** A system call, by the name that the kernel's headers give it. */
export type Syscall = keyof typeof NUMBERS;

/** The number of a call; `undefined` where the architecture lacks it. */
export function syscallNumber(name: Syscall, architecture: Architecture): number | undefined {
  return NUMBERS[name][architecture === "x86_64" ? 0 : 1];
}
