import { assertEquals } from "@std/assert";
import { emitting, ScriptedStage } from "../_scripted_stage_testing.ts";
import { envelopeText } from "../_host_testing.ts";
import { gate, utf8 } from "../_testing.ts";
import { parseEnvelope } from "../envelope.ts";
import { hopFields, HopsInHand } from "./hop_fields.ts";

const TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const FIELDS = { id: "1", root: "0", trace_id: "0af7651916cd43dd8448eb211c80319c" };
const envelope = (headers: Record<string, string>) => parseEnvelope(utf8(envelopeText("1", { headers })));

Deno.test("a line names the envelope, its submission, and its trace where there is one", () => {
  assertEquals(hopFields(envelope({ "x-troupe-root": "0", traceparent: TRACEPARENT })), FIELDS);
  assertEquals(hopFields(envelope({ traceparent: "none" })), { id: "1", root: "1" });
  assertEquals(hopFields(undefined), { id: "" });
});

Deno.test("what a guest logs is told of the envelope that it has in hand, and of no other", async () => {
  const began = gate();
  const end = gate();
  const scripted = new ScriptedStage(async (envelope) => {
    began.open();
    await end.opened;
    return emitting(envelope, "1");
  });
  const inHand = new HopsInHand();
  const stage = inHand.of(scripted);
  const running = stage.run(envelope({ "x-troupe-root": "0", traceparent: TRACEPARENT }));
  await began.opened;
  assertEquals(inHand.fieldsOf("1"), FIELDS);
  assertEquals(inHand.fieldsOf("2"), { id: "2" });
  end.open();
  assertEquals((await running).ok, true);
  assertEquals(inHand.fieldsOf("1"), { id: "1" });
  await stage.close();
  assertEquals([stage.pids(), scripted.closed], [[], "closed"]);
});

Deno.test("an envelope that came twice is known until the later one is done", async () => {
  const gates = [gate(), gate()];
  let next = 0;
  const inHand = new HopsInHand();
  const stage = inHand.of(
    new ScriptedStage(async (envelope) => {
      await gates[next++]?.opened;
      return emitting(envelope, "1");
    }),
  );
  const first = stage.run(envelope({ "x-troupe-root": "first" }));
  const second = stage.run(envelope({ "x-troupe-root": "second" }));
  gates[0]?.open();
  await first;
  assertEquals(inHand.fieldsOf("1"), { id: "1", root: "second" });
  gates[1]?.open();
  await second;
  assertEquals(inHand.fieldsOf("1"), { id: "1" });
});
