// The loop on a transport that lies, loses its answers and comes late, with every envelope accounted for. What is expected
// is computed here, without the host's code. The seed of a run is in the message of what fails; TROUPE_SEED repeats it.

import { assert, assertEquals } from "@std/assert";
import { createHash } from "node:crypto";
import { read } from "./_host_testing.ts";
import { emitting, type Script, ScriptedStage } from "./_scripted_stage_testing.ts";
import { changeDeliveries, take, utf8, withBench } from "./_testing.ts";
import { Host } from "./host.ts";
import { NO_METRICS } from "./observe/metrics.ts";
import type { Delivery, Outcome, Outgoing, Settlement, Transport } from "./transport/transport.ts";

const ENVELOPES = 150;
const NAMESPACE = "8d3d9f0a6c1e5b7e9a542f7c1b0e4d63";

/** Numbers from 0 to 1 that a seed determines. */
function randomFrom(seed: number): () => number {
  let n = 0;
  return () => createHash("sha256").update(`${seed} ${n++}`).digest().readUInt32BE() / 2 ** 32;
}

type Fault = (delivery: Delivery, messages: readonly Outgoing[], transport: Transport) => Promise<Settlement>;

const UNKNOWN: Outcome = { kind: "unknown", detail: "no answer came" };
const REFUSED: Outcome = { kind: "refused", reason: "other", detail: "not now" };
const held = (outcomes: Outcome[]): Settlement => ({ outcomes, acked: false, leaseLost: false });
const late = () => new Promise((resolve) => setTimeout(resolve, 5));

const FAULTS: Record<string, { readonly share: number; readonly fault: Fault }> = {
  refused: { share: 0.1, fault: (_, messages) => Promise.resolve(held(messages.map(() => REFUSED))) },
  unknown: { share: 0.1, fault: (_, messages) => Promise.resolve(held(messages.map(() => UNKNOWN))) },
  "unknown, but published": {
    share: 0.1,
    fault: async (_, messages, transport) => {
      await transport.publish(messages);
      return held(messages.map(() => UNKNOWN));
    },
  },
  "published in part": {
    share: 0.1,
    fault: async (_, messages, transport) => {
      const [first, ...others] = messages;
      return held([...await transport.publish(first ? [first] : []), ...others.map(() => REFUSED)]);
    },
  },
  "published, and the lease lost": {
    share: 0.05,
    fault: async (delivery, messages, transport) => {
      await transport.publish(messages);
      await delivery.release();
      return { outcomes: messages.map(() => UNKNOWN), acked: false, leaseLost: true };
    },
  },
  late: { share: 0.2, fault: async (delivery, messages) => (await late(), await delivery.settle(messages)) },
  rejected: { share: 0.02, fault: () => Promise.reject(new Error("the wire is cut")) },
};

/** A transport with faults; counts them, and what was delivered. */
function faulty(transport: Transport, random: () => number, counts: Map<string, number>): Transport {
  const count = (what: string) => counts.set(what, (counts.get(what) ?? 0) + 1);
  return changeDeliveries(transport, (delivery) => {
    count("delivered");
    return {
      ...delivery,
      settle: async (messages) => {
        let at = random();
        for (const [name, { share, fault }] of Object.entries(FAULTS)) {
          if (at < share) {
            count(name);
            return await fault(delivery, messages, transport);
          }
          at -= share;
        }
        return await delivery.settle(messages);
      },
    };
  });
}

/** How many parts an envelope is split into. */
const partsOf = (n: number) => n % 3 + 1;

/** What has to arrive: payloads by id, with RFC 9562's UUIDv5 by another implementation of SHA-1. */
function expected(): Map<string, string> {
  const results = new Map<string, string>();
  for (let n = 0; n < ENVELOPES; n++) {
    for (let i = 0; i < partsOf(n); i++) {
      const name = `["e${n}","split",0,${i}]`;
      const hash = createHash("sha1").update(Uint8Array.fromHex(NAMESPACE)).update(name).digest();
      hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
      hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
      const id = hash.toString("hex").slice(0, 32).replace(
        /^(.{8})(.{4})(.{4})(.{4})(.{12})$/,
        "$1-$2-$3-$4-$5",
      );
      results.set(i === 0 ? `e${n}` : id, `"${n} ${i}"`);
    }
  }
  return results;
}

Deno.test("whatever the transport does, every envelope and every part of it arrives, and nothing else", async () => {
  const seed = Number(Deno.env.get("TROUPE_SEED") ?? crypto.getRandomValues(new Uint32Array(1))[0]);
  const random = randomFrom(seed);
  await withBench({ queues: ["split", "pass", "x-sink", "x-sump"] }, async ({ transport, logger }) => {
    const counts = new Map<string, number>();
    const split: Script = (envelope) => {
      const n = Number(envelope.payload);
      return emitting(envelope, ...Array.from({ length: partsOf(n) }, (_, i) => `"${n} ${i}"`));
    };
    const pass: Script = (envelope) => emitting(envelope, envelope.payload);
    const hosts = Object.entries({ split, pass }).map(([actor, script]) => {
      const stage = new ScriptedStage(script);
      const options = { actor, stage, logger, metrics: NO_METRICS, concurrency: 16 };
      const host = new Host({ ...options, transport: faulty(transport, random, counts) });
      return { host, stage, done: host.run() };
    });
    const bodies = Array.from(
      { length: ENVELOPES },
      (_, n) => utf8(`{"id":"e${n}","route":{"prev":[],"curr":"split","next":["pass"]},"payload":${n}}`),
    );
    await transport.publish(bodies.map((body) => ({ queue: "split", body })));

    const results = expected();
    const arrived = new Map<string, Set<string>>();
    let arrivals = 0;
    const arrive = ({ body }: Delivery) => {
      arrivals++;
      const { id, payload } = read({ body });
      arrived.set(id, (arrived.get(id) ?? new Set()).add(payload));
    };
    const tap = transport.consume("x-sink", { inFlight: 100 });
    for await (const delivery of tap) {
      arrive(delivery);
      await delivery.settle([]);
      if ([...results.keys()].every((id) => arrived.has(id))) break;
    }
    for (const { host } of hosts) await host.drain();
    await Promise.all(hosts.map(({ done }) => done));
    // What is left are repeats.
    const depths = await transport.depths();
    for (const delivery of await take(transport, "x-sink", depths.get("x-sink")?.ready ?? 0)) {
      arrive(delivery);
    }

    const seeded = `with the seed ${seed}`;
    const sorted = (map: Map<string, Iterable<string>>) =>
      [...map].map(([id, all]) => [id, [...all]] as const).sort();
    const wanted = new Map([...results].map(([id, payload]) => [id, [payload]]));
    assertEquals(sorted(arrived), sorted(wanted), seeded);
    assertEquals(depths.get("x-sump"), { ready: 0, delayed: 0, leased: 0 }, seeded);
    assert(arrivals > results.size, `nothing was repeated, so nothing was tested, ${seeded}`);
    for (const name of Object.keys(FAULTS)) {
      assert(counts.has(name), `no fault of the kind "${name}" ${seeded}`);
    }
    const ran = hosts.reduce((sum, { stage }) => sum + stage.ran.length, 0);
    assertEquals(ran, counts.get("delivered"), `an actor was run again for one delivery, ${seeded}`);
  });
});
