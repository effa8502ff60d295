/**
 * The filter of system calls that container runtimes put around a container without capabilities (`RuntimeDefault`), in
 * what matters here: it refuses what makes namespaces and mounts, and what reaches into the kernel. Like theirs it lets
 * everything else through that programs need; unlike theirs it is a list of what is refused.
 *
 * @module
 */

import { DENIED } from "../../host/sandbox/hardening/_denied_testing.ts";
import {
  and,
  encodeProgram,
  end,
  ifEqual,
  type Instruction,
  load,
  unlessEqual,
} from "../../host/sandbox/hardening/bpf.ts";

/** Offsets in what the kernel shows a filter. */
const AT = { number: 0, firstArgument: 16 };
const ALLOW = 0x7fff_0000;
const FAIL = 0x0005_0000;
const ERRNO = { EPERM: 1, ENOSYS: 38 };
/** Flags of `clone` for new namespaces. */
const NAMESPACES = 0x7e02_0000;
const CLONE = { x86_64: 56, aarch64: 220 };
const CLONE3 = 435;

const REFUSED = [
  ...["mount", "umount2", "pivot_root", "unshare", "setns", "fsopen", "open_tree", "move_mount"],
  ...["open_by_handle_at", "bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter"],
  ...[
    "io_uring_register",
    "keyctl",
    "add_key",
    "request_key",
    "init_module",
    "finit_module",
    "delete_module",
  ],
  ...["kexec_load", "reboot", "swapon", "syslog", "acct", "clock_settime", "settimeofday", "sethostname"],
  ...["ioperm", "iopl", "quotactl", "fanotify_init", "pidfd_getfd"],
];

/** The filter, as the kernel takes it. */
export function runtimeDefault(): Uint8Array<ArrayBuffer> {
  const arch = Deno.build.arch === "x86_64" ? "x86_64" : "aarch64";
  const refused = REFUSED.flatMap((name): Instruction[] => {
    const numbers = DENIED[name];
    if (!numbers) throw new TypeError(`the number of ${name} is not known`);
    const number = numbers[arch === "x86_64" ? 0 : 1];
    return number === undefined ? [] : [unlessEqual(number, 1), end(FAIL | ERRNO.EPERM)];
  });
  return encodeProgram([
    load(AT.number),
    ...refused,
    unlessEqual(CLONE3, 1),
    end(FAIL | ERRNO.ENOSYS),
    unlessEqual(CLONE[arch], 4),
    load(AT.firstArgument),
    and(NAMESPACES),
    ifEqual(0, 1),
    end(FAIL | ERRNO.EPERM),
    end(ALLOW),
  ]);
}
