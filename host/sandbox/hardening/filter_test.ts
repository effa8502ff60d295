// The filter, run as the kernel would, on calls by their names.

import { assert, assertEquals } from "@std/assert";
import { DENIED } from "./_denied_testing.ts";
import { interpret } from "./_interpret_testing.ts";
import { buildFilter, VERDICT } from "./filter.ts";
import { ERRNO, RULES } from "./policy.ts";
import { type Architecture, AUDIT_ARCH, NEWEST, type Syscall, syscallNumber } from "./syscalls.ts";

const PID = 4711;
const ARCHITECTURES: readonly Architecture[] = ["x86_64", "aarch64"];
const REFUSED = VERDICT.fail | ERRNO.EPERM;
const UNKNOWN = VERDICT.fail | ERRNO.ENOSYS;

function verdict(architecture: Architecture, number: number, args: readonly bigint[] = []): number {
  return interpret(buildFilter({ architecture, pid: PID }), {
    architecture: AUDIT_ARCH[architecture],
    number,
    args,
  });
}

for (const architecture of ARCHITECTURES) {
  const index = architecture === "x86_64" ? 0 : 1;
  const of = (call: Syscall, ...args: bigint[]) =>
    verdict(architecture, syscallNumber(call, architecture) ?? -1, args);

  Deno.test(`${architecture}: what could reach anything outside fails, whatever its arguments`, () => {
    let seen = 0;
    for (const [name, numbers] of Object.entries(DENIED)) {
      const number = numbers[index];
      if (number === undefined) continue;
      seen++;
      for (const argument of [0n, 1n, BigInt(PID), 2n ** 64n - 1n]) {
        assertEquals(verdict(architecture, number, Array(6).fill(argument)), REFUSED, name);
      }
    }
    assert(seen > 90);
  });

  Deno.test(`${architecture}: what the engine needs is allowed`, () => {
    for (const { call, when, fails } of RULES) {
      if (when || fails !== undefined || syscallNumber(call, architecture) === undefined) continue;
      assertEquals(of(call), VERDICT.allow, call);
    }
  });

  Deno.test(`${architecture}: threads, but no processes`, () => {
    const thread = 0x3d0f00n;
    assertEquals(of("clone", thread), VERDICT.allow);
    const processes = { fork: 17n, vfork: 0x4111n, "a thread without CLONE_THREAD": thread & ~0x10000n };
    for (const [name, flags] of Object.entries(processes)) assertEquals(of("clone", flags), REFUSED, name);
    const namespaces = {
      CLONE_NEWNS: 0x20000n,
      CLONE_NEWCGROUP: 0x2000000n,
      CLONE_NEWUTS: 0x4000000n,
      CLONE_NEWIPC: 0x8000000n,
      CLONE_NEWUSER: 0x10000000n,
      CLONE_NEWPID: 0x20000000n,
      CLONE_NEWNET: 0x40000000n,
      CLONE_PTRACE: 0x2000n,
    };
    for (const [name, flag] of Object.entries(namespaces)) {
      assertEquals(of("clone", thread | flag), REFUSED, name);
    }
    assertEquals(of("clone3", 1n, 88n), UNKNOWN);
  });

  Deno.test(`${architecture}: signals to itself only`, () => {
    assertEquals(of("tgkill", BigInt(PID), 1n, 6n), VERDICT.allow);
    for (const pid of [0n, 1n, -1n, BigInt(PID + 1), BigInt(PID) + 2n ** 31n]) {
      assertEquals(of("tgkill", pid, 1n, 9n), REFUSED, `${pid}`);
    }
    const [F_SETFL, F_SETLK, F_SETOWN, F_SETSIG, F_SETOWN_EX] = [4n, 6n, 8n, 10n, 15n];
    assertEquals(of("fcntl", 0n, F_SETFL, 2048n), VERDICT.allow);
    for (const command of [F_SETLK, F_SETOWN, F_SETSIG, F_SETOWN_EX]) {
      assertEquals(of("fcntl", 0n, command, 1n), REFUSED, `fcntl ${command}`);
    }
  });

  Deno.test(`${architecture}: prctl and ioctl, a few of them`, () => {
    const [PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NAME, PR_SET_SECCOMP, PR_SET_MM] = [
      1n,
      4n,
      15n,
      22n,
      35n,
    ];
    assertEquals(of("prctl", PR_SET_NAME), VERDICT.allow);
    assertEquals(of("prctl", 0x53564d41n), VERDICT.allow);
    for (const option of [PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_MM, 0x59616d61n]) {
      assertEquals(of("prctl", option), REFUSED, `prctl ${option}`);
    }
    const [TCGETS, TIOCSTI, TIOCSCTTY, FIOASYNC] = [0x5401n, 0x5412n, 0x540en, 0x5452n];
    assertEquals(of("ioctl", 1n, TCGETS), VERDICT.allow);
    for (const command of [TIOCSTI, TIOCSCTTY, FIOASYNC]) assertEquals(of("ioctl", 1n, command), REFUSED);
  });

  Deno.test(`${architecture}: limits are read, its own, and not set`, () => {
    assertEquals(of("prlimit64", 0n, 7n, 0n, 1n), VERDICT.allow);
    assertEquals(of("prlimit64", BigInt(PID), 7n, 0n, 1n), VERDICT.allow);
    assertEquals(of("prlimit64", 1n, 7n, 0n, 1n), REFUSED);
    // An address has two halves, and each alone makes it one.
    for (const address of [1n, 2n ** 32n, 2n ** 63n]) {
      assertEquals(of("prlimit64", 0n, 7n, address, 0n), REFUSED);
    }
  });

  Deno.test(`${architecture}: a pair of sockets of the process's own, and no other`, () => {
    const [AF_UNIX, AF_INET, AF_NETLINK] = [1n, 2n, 16n];
    assertEquals(of("socketpair", AF_UNIX, 1n), VERDICT.allow);
    for (const family of [AF_INET, AF_NETLINK]) assertEquals(of("socketpair", family, 1n), REFUSED);
  });

  Deno.test(`${architecture}: what came to Linux later does not exist`, () => {
    for (const number of [NEWEST + 1, 500, 0x4000_0000, 0x4000_0000 + 257, 0xffff_ffff, -1]) {
      assertEquals(verdict(architecture, number), UNKNOWN, `${number}`);
    }
  });

  Deno.test(`${architecture}: the calls of another architecture end the process`, () => {
    const program = buildFilter({ architecture, pid: PID });
    const [I386, ARM] = [0x4000_0003, 0x4000_0028];
    const others = Object.entries(AUDIT_ARCH).flatMap(([name, value]) =>
      name === architecture ? [] : [value]
    );
    for (const other of [I386, ARM, 0, ...others]) {
      assertEquals(interpret(program, { architecture: other, number: 0 }), VERDICT.kill, `${other}`);
    }
  });

  Deno.test(`${architecture}: every number is allowed by a rule, or fails`, () => {
    const program = buildFilter({ architecture, pid: PID });
    const ruled = new Map(
      RULES.map(({ call, when }) => [syscallNumber(call, architecture), when === undefined]),
    );
    assertEquals(ruled.size, new Set(RULES.map(({ call }) => syscallNumber(call, architecture))).size);
    for (let number = 0; number <= NEWEST; number++) {
      const said = interpret(program, { architecture: AUDIT_ARCH[architecture], number });
      if (!ruled.has(number)) assertEquals(said, REFUSED, `${number}`);
    }
    assert(program.length < 4096, "as long as the kernel takes");
  });
}

Deno.test("no call has two rules", () => {
  const calls = RULES.map(({ call }) => call);
  assertEquals(calls.length, new Set(calls).size);
});
