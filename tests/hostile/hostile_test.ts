/**
 * Every file in the folders beside this one is an attack, and says at its top what it tries and how that has to end. Here
 * they are done to a live mesh, again and again; `_proof.ts` has what is asserted of each.
 *
 * `TROUPE_HOSTILE=TEXT` does only those with the text in their name; `TROUPE_HOSTILE_REPEATS=N` sets how often.
 */

import { assertEquals } from "@std/assert";
import { type Attack, nameOf, readFamily, RUNS } from "./_attack.ts";
import { HostileMesh } from "./_mesh.ts";
import { childrenOf, peakBytes } from "./_process.ts";
import { prove } from "./_proof.ts";

const MIB = 1024 * 1024;
/** So many attacks are under way at once, on the same host. */
const AT_ONCE = 4;

/** What the host may have more after a family than before it. */
const HOST_GROWTH = { heapBytes: 8 * MIB, openFiles: 8, peakBytes: 512 * MIB };
const LOOKS = 100;
/** How long an attack may take, done as often as its head says. */
const GUARD_MS = 180_000;

const repeats = Number(Deno.env.get("TROUPE_HOSTILE_REPEATS") ?? 0);

const asked = (attack: Attack): Attack => repeats > 0 ? { ...attack, repeats } : attack;

for (const run of RUNS) {
  Deno.test({
    name: `hostile: ${nameOf(run)}`,
    // What is asserted of processes can only be read there.
    ignore: Deno.build.os !== "linux",
    async fn(t) {
      const attacks = await readFamily(run);
      await using mesh = await HostileMesh.open();
      const before = await quiet(mesh);
      await atOnce(
        attacks.map((attack) => () =>
          step(t, `${attack.name} tries ${attack.tries}`, () => prove(asked(attack), mesh), {
            guardMs: GUARD_MS * Math.max(1, asked(attack).repeats / attack.repeats),
          })
        ),
      );
      await step(t, "the host is as it was before", () => assertAsBefore(before, mesh));
      await step(t, "nothing is where it must not be", () => assertNothingLeft(mesh));
    },
  });
}

async function step(
  t: Deno.TestContext,
  name: string,
  fn: () => Promise<void>,
  { guardMs = GUARD_MS } = {},
): Promise<void> {
  // Steps that run beside each other cannot tell whose timers they see.
  await t.step({
    name,
    fn: () => unlessStuck(fn(), guardMs),
    sanitizeOps: false,
    sanitizeResources: false,
    sanitizeExit: false,
  });
}

/** Nothing here is asked to be quick; but it has to come to an end. */
async function unlessStuck(work: Promise<void>, guardMs: number): Promise<void> {
  const stuck = Promise.withResolvers<never>();
  const guard = setTimeout(() => stuck.reject(new Error(`no end after ${guardMs / 1000} s`)), guardMs);
  try {
    await Promise.race([work, stuck.promise]);
  } finally {
    clearTimeout(guard);
  }
}

/** What the host has in use while nothing hostile runs; how large it has been at most. */
async function quiet(mesh: HostileMesh): Promise<HostUse> {
  const [honest] = await mesh.send([{ id: crypto.randomUUID(), actor: mesh.honest, payload: "0" }]);
  assertEquals(honest?.payload, "0");
  return { ...await mesh.host.measure(), peakBytes: peakBytes(mesh.host.pid) };
}

interface HostUse {
  readonly heapBytes: number;
  readonly openFiles: number;
  readonly peakBytes: number;
}

/**
 * After hundreds of hostile envelopes: were one of them kept somewhere, or a pipe of one of its sandboxes, it would show.
 * Garbage does not go all at once, so this looks again for a while.
 */
async function assertAsBefore(before: HostUse, mesh: HostileMesh): Promise<void> {
  const grown = async () => {
    const after = await quiet(mesh);
    return Object.entries(HOST_GROWTH).flatMap(([what, most]) => {
      const growth = after[what as keyof HostUse] - before[what as keyof HostUse];
      return growth > most ? [`${growth} more ${what}`] : [];
    });
  };
  for (let look = 1; look < LOOKS && (await grown()).length > 0; look++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assertEquals(await grown(), [], "the host has grown");
}

async function assertNothingLeft(mesh: HostileMesh): Promise<void> {
  assertEquals(await mesh.strayed(), [], "something was sent where nobody may send");
  assertEquals(mesh.world.trespassing, [], "a request came to where none may come");
  const honest = await mesh.host.pids(mesh.honest);
  assertEquals(
    childrenOf(mesh.host.pid).filter((pid) => !honest.includes(pid)),
    [],
    "a process was left behind",
  );
  const odd = mesh.host.logs.filter(({ actor }) => actor === undefined).map(({ text }) => text);
  assertEquals(odd, [], "a line of the log is nobody's");
}

async function atOnce(jobs: readonly (() => Promise<void>)[]): Promise<void> {
  const waiting = [...jobs];
  const worker = async () => {
    for (let job = waiting.shift(); job; job = waiting.shift()) await job();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
