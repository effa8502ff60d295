import { assertEquals } from "@std/assert";
import { utf8 } from "../_testing.ts";
import { parseEnvelope } from "../envelope.ts";
import { unwrapDead } from "./dead_letter.ts";
import { onward, Patience } from "./onward.ts";

const envelope = (curr: string, payload = "1") =>
  parseEnvelope(utf8(`{"id":"1","route":{"prev":["a"],"curr":"${curr}","next":[]},"payload":${payload}}`), {
    maxBytes: Infinity,
  });
const AT = new Date(5);

Deno.test("onward() goes where the route says; what is too large goes to x-sump, the same each time", () => {
  assertEquals([
    onward(envelope("b"), { actor: "x-join", at: AT }).queue,
    onward(envelope(""), { actor: "x-join", at: AT }).queue,
  ], [
    "b",
    "x-sink",
  ]);
  const large = envelope("b", JSON.stringify("x".repeat(16 * 1024 * 1024)));
  const message = onward(large, { actor: "x-join", at: AT });
  const letter = unwrapDead(message.body);
  assertEquals([message.queue, letter?.reason, letter?.queue, letter?.actor, letter?.at], [
    "x-sump",
    "troupe.TooLarge",
    "b",
    "x-join",
    AT,
  ]);
  assertEquals(onward(large, { actor: "x-join", at: AT }), message);
});

Deno.test("what cannot be delivered is held for a while, and then dead; what the broker only did not take is held", () => {
  const message = onward(envelope("b"), { actor: "x-join", at: AT });
  const refusal = (reason: "no-queue" | "too-large" | "other") =>
    ({ kind: "refused", reason, detail: "" }) as const;
  const reasonOf = (sent: ReturnType<Patience["instead"]>) => sent && unwrapDead(sent.body)?.reason;
  const patient = new Patience("x-join", { noQueueMs: 3_600_000 });
  assertEquals(patient.instead(message, refusal("no-queue")), undefined);
  const impatient = new Patience("x-join", { noQueueMs: 0 });
  assertEquals(reasonOf(impatient.instead(message, refusal("no-queue"))), "troupe.NoSuchActor");
  assertEquals(reasonOf(patient.instead(message, refusal("too-large"))), "troupe.TooLarge");
  assertEquals(patient.instead(message, refusal("other")), undefined);
  assertEquals(patient.instead(message, { kind: "unknown", detail: "" }), undefined);
  assertEquals(impatient.instead({ ...message, queue: "x-sump" }, refusal("no-queue")), undefined);
});
