import { assertEquals } from "@std/assert";
import { envelopeText } from "../_host_testing.ts";
import { utf8, withBench } from "../_testing.ts";
import type { Envelope } from "../envelope.ts";
import type { HopEnd, HopStart, Tracing } from "../observe/tracing.ts";
import { wrapDead } from "./dead_letter.ts";
import { runMember } from "./member.ts";
import { resultRecord } from "./records.ts";
import { bodyDigest } from "./result_identity.ts";

const PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const HOP = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01";

interface Traced {
  readonly envelope: Envelope;
  readonly start: HopStart;
  readonly end: HopEnd | undefined;
}

/** What a member traces of some bodies. */
async function traced(...bodies: Uint8Array[]): Promise<Traced[]> {
  const found: Traced[] = [];
  const tracing: Tracing = {
    hop: (envelope, start) => ({
      envelope,
      traceparent: HOP,
      end: (end) => void found.push({ envelope, start, end }),
    }),
    submitted() {},
    close: () => Promise.resolve(),
  };
  await withBench({ queues: ["x-sump", "out"] }, async ({ transport, logger }) => {
    let left = bodies.length;
    const done = Promise.withResolvers<void>();
    const member = runMember("x-sump", {
      transport,
      logger,
      tracing,
      recording: () => "",
      handle({ body }) {
        if (--left === 0) done.resolve();
        return Promise.resolve([{ queue: "out", body }]);
      },
    });
    await transport.publish(bodies.map((body) => ({ queue: "x-sump", body })));
    await done.promise;
    await member.stop();
  });
  return found;
}

Deno.test("what a member takes in is a span that comes of the one before, and says what followed", async () => {
  const text = envelopeText("1", { headers: { traceparent: PARENT, "x-troupe-replay": 2 } });
  const [span] = await traced(utf8(text));
  assertEquals(span?.envelope.headers?.traceparent, PARENT);
  assertEquals([span?.start.actor, span?.start.transport, span?.start.replay], ["x-sump", "embedded", 2]);
  assertEquals(span?.end, { emitted: 1 });
});

Deno.test("a dead letter comes of the hop that gave it up; where that was not traced, of what its envelope came of", async () => {
  const body = utf8(envelopeText("1", { headers: { traceparent: PARENT } }));
  const letter = { reason: "troupe.Fatal", message: "m", queue: "a", actor: "a", at: new Date(0), body };
  const spans = await traced(wrapDead({ ...letter, traceparent: HOP }), wrapDead(letter));
  const parents = spans.map(({ envelope }) => envelope.headers?.traceparent);
  assertEquals(parents.toSorted(), [HOP, PARENT].toSorted());
});

Deno.test("bytes in which there is no envelope are no span", async () => {
  assertEquals(await traced(utf8("nonsense")), []);
});

Deno.test("a result that differs from another in its trace alone is the same result", async () => {
  const digests = [PARENT, HOP, undefined].map((traceparent) =>
    bodyDigest(resultRecord(utf8(envelopeText("1", { headers: { traceparent } })), 0))
  );
  assertEquals(new Set(await Promise.all(digests)).size, 1);
});
