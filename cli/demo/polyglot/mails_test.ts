import { assertEquals } from "@std/assert";
import { parcelsOf } from "./mails.ts";

const mails = Array.from({ length: 12 }, (_, n) => ({ id: `m${n}`, body: "…" }));

Deno.test("mails are sent in batches to the actor that opens them", () => {
  const parcels = parcelsOf(mails, []);
  assertEquals(parcels.map(({ name, route, headers, mails }) => [name, route, headers, mails.length]), [
    ["batch 1", ["open", "redact", "classify", "reply"], { without: [] }, 10],
    ["batch 2", ["open", "redact", "classify", "reply"], { without: [] }, 2],
  ]);
  assertEquals(parcels[1]?.payload, { mails: mails.slice(10) });
});

Deno.test("without it they are sent one by one as they are, to the actors that there are", () => {
  const parcels = parcelsOf(mails, ["extract", "redact", "open"]);
  assertEquals(parcels.length, 12);
  const [{ name, route, headers, payload, mails: ids } = {}] = parcels;
  assertEquals([name, route, headers, ids], ["mail m0", ["classify", "reply"], {
    without: ["open", "redact", "extract"],
  }, ["m0"]]);
  assertEquals(payload, mails[0]);
});
