/**
 * What is asked of every attack, and it is the same for all: it ends with its name, the host does not even notice, and
 * whoever comes after it is served.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { DEFAULT_LIMITS } from "@troupe/host/limits";
import type { Attack } from "./_attack.ts";
import { HostRefusal, type LogLine } from "./_host.ts";
import type { Ended, HostileMesh, Sending } from "./_mesh.ts";
import { isRunning, residentBytes, untilIdle } from "./_process.ts";
import { Target } from "./_target.ts";

const MIB = 1024 * 1024;
/** Before a sandbox is measured that lives through all repeats: what is compiled only once is there after so many. */
const WARM_UP = 5;
/** How much more a sandbox may have then. It is not asked to collect its garbage, and has some. */
const SANDBOX_GROWTH_BYTES = 96 * MIB;
/** How often a sandbox that has grown is attacked as often again, to see whether it goes on growing. */
const MORE_ROUNDS = 2;
/** Most lines of the host's own that one envelope may cause: that it failed, and what became of its sandboxes. */
const HOST_LINES = 16;

/** Does an attack to a mesh, again and again, and asserts what has to hold. */
export async function prove(attack: Attack, mesh: HostileMesh): Promise<void> {
  const proof = new Proof(attack, mesh);
  if (attack.ends.kind === "refused") await proof.isRefused(attack.ends.types);
  else await proof.isContained();
}

class Proof {
  readonly #attack: Attack;
  readonly #mesh: HostileMesh;
  readonly #target: Target;
  readonly #actor: string;
  /** In payloads that nobody but their own actor may see. */
  readonly #marker: string;
  #rounds = 0;
  #attacks = 0;

  constructor(attack: Attack, mesh: HostileMesh) {
    this.#attack = attack;
    this.#mesh = mesh;
    this.#target = new Target(attack, mesh);
    this.#actor = this.#target.actor;
    this.#marker = this.#target.marker;
  }

  /** The component does not get to run, as often as it is tried; the honest actor is served between. */
  async isRefused(types: readonly string[]): Promise<void> {
    const { host } = this.#mesh;
    const { says, repeats } = this.#attack;
    const actor = await this.#target.make();
    const once = async () => {
      const refusal = await host.start(actor).then(() => undefined, (error: unknown) => error);
      assert(refusal instanceof HostRefusal, `it was taken, or: ${refusal}`);
      assert(types.includes(refusal.code), `${refusal.code}: ${refusal.message}`);
      assertStringIncludes(refusal.message, says);
      this.#assertKeepsSecrets(refusal.message);
      await this.#serveHonest();
    };
    for (let time = 0; time < repeats; time++) await once();
  }

  /** It ends as it has to, as often as it is tried; the honest actor is served between, and so is the hostile one. */
  async isContained(): Promise<void> {
    const { host } = this.#mesh;
    const { repeats } = this.#attack;
    await host.start(await this.#target.make());
    try {
      if (repeats > WARM_UP) await this.#round(WARM_UP);
      let growth = await this.#growth(repeats);
      // What has not been collected yet is no leak: it does not become more each time.
      for (let again = 0; again < MORE_ROUNDS && growth >= SANDBOX_GROWTH_BYTES; again++) {
        growth = await this.#growth(repeats);
      }
      assert(growth < SANDBOX_GROWTH_BYTES, `its sandbox has ${growth} bytes more after ${repeats} repeats`);
    } finally {
      const pids = await host.pids(this.#actor);
      await host.stop(this.#actor);
      assertEquals(pids.filter(isRunning), [], "a sandbox outlives its actor");
    }
    this.#assertLogs(host.logs.filter(({ actor }) => actor === this.#actor));
  }

  /** By how many bytes the attack, so often, has its sandbox grow; 0 where it does not survive it, or is not repeated often. */
  async #growth(repeats: number): Promise<number> {
    const before = await this.#sandbox();
    await this.#round(repeats);
    await untilIdle(() => this.#mesh.host.pids(this.#actor));
    const after = await this.#sandbox();
    return after.pid === before.pid && repeats > WARM_UP ? after.bytes - before.bytes : 0;
  }

  /** The attack so often, after each time one envelope on which it behaves, and one for the honest actor. */
  async #round(times: number): Promise<void> {
    const round = this.#rounds++;
    this.#attacks += times;
    const good = JSON.stringify({ good: this.#marker });
    const honest = JSON.stringify({ honest: this.#marker });
    const sendings = Array.from({ length: times }, (_, n): Sending[] => {
      const id = (kind: Parameters<Target["id"]>[0]) => this.#target.id(kind, round, n);
      return [
        { id: id("attack"), actor: this.#actor, payload: "1" },
        { id: id("good"), actor: this.#actor, payload: good },
        { id: id("honest"), actor: this.#mesh.honest, payload: honest },
      ];
    }).flat();
    const ends = await this.#mesh.send(sendings);
    for (const end of ends) {
      if (end.id.endsWith("/attack")) this.#assertVerdict(end);
      else assertServed(end, end.id.endsWith("/good") ? good : honest);
    }
    this.#assertHostLives();
  }

  async #serveHonest(): Promise<void> {
    const payload = JSON.stringify({ honest: this.#marker });
    const id = this.#target.id("honest", this.#rounds++);
    for (const end of await this.#mesh.send([{ id, actor: this.#mesh.honest, payload }])) {
      assertServed(end, payload);
    }
    this.#assertHostLives();
  }

  #assertVerdict(end: Ended): void {
    const { ends, says } = this.#attack;
    assert(ends.kind === "ends");
    if (end.type === "") assertEquals(end.payload, ends.payload, `${end.id} succeeded`);
    else {
      assert(ends.types.includes(end.type), `${end.id} ended with ${end.type}: ${end.message}`);
      assertEquals(end.queue, ends.dead ? "x-sump" : "x-sink");
      assertStringIncludes(end.message, says);
    }
    this.#assertKeepsSecrets(end.text);
  }

  #assertKeepsSecrets(text: string): void {
    for (const secret of [this.#mesh.secret, this.#marker]) {
      assert(!text.includes(secret), `it has come to what is not its own: ${text.slice(0, 2000)}`);
    }
  }

  #assertHostLives(): void {
    assert(!this.#mesh.host.ended && isRunning(this.#mesh.host.pid), "the host has ended");
  }

  /** The sandbox in use, and what it has resident. */
  async #sandbox(): Promise<{ readonly pid: number | undefined; readonly bytes: number }> {
    const [pid] = await this.#mesh.host.pids(this.#actor);
    return { pid, bytes: pid === undefined ? 0 : residentBytes(pid) };
  }

  #assertLogs(lines: readonly LogLine[]): void {
    const { limits, ends, logs } = this.#attack;
    // A violation is tried once more, and each time is a hop.
    const hops = ends.kind === "ends" && ends.dead ? 2 : 1;
    const logBytes = hops * (limits.logBytes ?? DEFAULT_LIMITS.logBytes);
    const byEnvelope = Map.groupBy(lines.filter(({ guest }) => guest), ({ id }) => id);
    for (const [id, said] of byEnvelope) {
      // What is dropped is told in one line of the host's own.
      const kept = said.filter(({ message }) => !/^\d+ bytes of log were dropped/.test(message));
      const bytes = kept.reduce((sum, { message }) => sum + new TextEncoder().encode(message).length + 1, 0);
      assert(bytes <= logBytes, `${id} has ${bytes} bytes of log`);
      assert(said.length - kept.length <= hops, `${id} has dropped log twice`);
    }
    if (logs !== "") {
      this.#assertSaid([...byEnvelope.values()].map((said) => said.map(({ message }) => message)));
    }
    const own = lines.filter(({ guest }) => !guest).length;
    // Its start and its end have some as well.
    const most = HOST_LINES * (this.#attacks + WARM_UP);
    assert(own <= most, `the host has written ${own} lines`);
    for (const { text } of lines) this.#assertKeepsSecrets(text);
  }

  /** What the actor said of each of its envelopes is what it has to be, and nothing of another's. */
  #assertSaid(said: readonly string[][]): void {
    const { logs, repeats } = this.#attack;
    assert(said.length >= repeats, `${said.length} envelopes have log`);
    if (logs === "different") assertEquals(new Set(said.flat()).size, said.flat().length);
    else assertEquals(said, said.map(() => [logs]));
  }
}

function assertServed({ id, type, message, payload }: Ended, expected: string): void {
  assertEquals([type, payload], ["", expected], `${id}: ${message}`);
}
