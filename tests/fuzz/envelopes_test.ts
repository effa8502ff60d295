import { assertEquals } from "@std/assert";
import {
  encodeEnvelope,
  EnvelopeLimitError,
  MalformedEnvelopeError,
  NO_ENVELOPE_LIMITS,
  parseEnvelope,
} from "@troupe/host/envelope";
import { fuzz } from "./_fuzz.ts";
import { valueOr } from "./_verdict.ts";

Deno.test("fuzz: envelopes", async () => {
  await fuzz({
    name: "envelopes",
    runs: 25_000,
    words: [
      ...[
        '"id":',
        '"route":',
        '"payload":',
        '"status":',
        '"headers":',
        '"__proto__":',
        '"a"',
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
      ],
      ...["null", "1e400", "-0", '"\\u0000"', '"\\ud800"', "\ufeff", " "],
    ],
    take(bytes) {
      const envelope = valueOr(() => parseEnvelope(bytes), [MalformedEnvelopeError, EnvelopeLimitError]);
      if (!envelope) return;
      const again = encodeEnvelope(envelope);
      const read = parseEnvelope(again, NO_ENVELOPE_LIMITS);
      assertEquals(read, envelope);
      assertEquals(encodeEnvelope(read), again);
      // Another reader of JSON sees the same payload, and no member twice that has a meaning.
      if (envelope.extra.length === 0) {
        const other = JSON.parse(new TextDecoder().decode(again));
        assertEquals([other.id, other.route.curr], [envelope.id, envelope.route.curr]);
        assertEquals(other.payload, JSON.parse(envelope.payload));
      }
    },
  });
});
