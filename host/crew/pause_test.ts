import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { HOP_TOPIC } from "../hop_record.ts";
import { gate, take, utf8, withBench } from "../_testing.ts";
import { runPause } from "./pause.ts";
import { runResume } from "./resume.ts";
import { openSqliteStore } from "./sqlite_store.ts";

const FRAME = { g: "g", run: "r", i: 1, n: 2, id: "origin", parent_id: "root" };

const HEADERS = { "x-troupe-root": "root", "x-troupe-fan": [FRAME] };
const CASES = [
  { what: "itself", canceled: "slice", only: true, phase: "canceled" },
  { what: "what it is a slice of", canceled: "origin", only: false, phase: "canceled" },
  { what: "all that was submitted", canceled: "root", only: false, phase: "canceled" },
  { what: "nothing that it is a part of", canceled: "root", only: true, phase: "" },
];

for (const { what, canceled, only, phase } of CASES) {
  Deno.test(`x-pause has not heard that ${what} is called off, and nobody looks again: it looks itself`, async () => {
    await withBench({ queues: ["x-pause", "x-resume", "x-sink", "x-sump"] }, async (bench) => {
      const { transport, logger, folder } = bench;
      const store = await openSqliteStore({ path: join(folder, "results.db") });
      await store.controls.cancel(canceled, { only, now: Date.now() });
      const parked = gate();
      transport.subscribe(HOP_TOPIC, () => parked.open());
      const pause = runPause({ transport, logger, store });
      const resume = runResume({ transport, logger, store });
      const envelope = {
        id: "slice",
        route: { prev: ["a"], curr: "x-pause", next: ["b"] },
        headers: HEADERS,
      };
      await transport.publish([{
        queue: "x-pause",
        body: utf8(JSON.stringify({ ...envelope, payload: 1 })),
      }]);
      await parked.opened;
      if (phase !== "") {
        const [end] = await take(transport, "x-sink", 1);
        const { id, status } = JSON.parse(new TextDecoder().decode(end?.body));
        assertEquals([id, status.phase, status.reason], ["slice", phase, "Canceled"]);
      }
      await pause.stop();
      await resume.stop();
      assertEquals((await store.parking.waiting()).items.length, phase === "" ? 1 : 0);
      assertEquals((await transport.depth("x-sump")).ready, 0);
      await store.close();
    });
  });
}
