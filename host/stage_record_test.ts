import { assertEquals } from "@std/assert";
import { readStageRecord, type StageRecord, writeStageRecord } from "./stage_record.ts";

const RECORD: StageRecord = { actor: "a", event: "child-died", reason: "signal 9", at: 1, host: "h:1" };

Deno.test("a record is read as it was written", () => {
  assertEquals(readStageRecord(writeStageRecord(RECORD)), RECORD);
});

Deno.test("what is no record is passed over", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  for (
    const text of [
      "",
      "{}",
      JSON.stringify({ ...RECORD, event: "exploded" }),
      JSON.stringify({ ...RECORD, at: -1 }),
    ]
  ) {
    assertEquals(readStageRecord(bytes(text)), undefined);
  }
});
