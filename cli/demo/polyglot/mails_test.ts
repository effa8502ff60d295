import { assertEquals, assertRejects } from "@std/assert";
import { UsageError } from "../../commands/usage_error.ts";
import { parcelsOf, readMails } from "./mails.ts";

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

Deno.test("mails are read by line, and what is wrong is said with its place", async () => {
  const file = await Deno.makeTempFile({ prefix: "troupe_mails_" });
  try {
    await Deno.writeTextFile(file, '{"id":"a","body":"x"}\n\n{"id":"b"}\n');
    assertEquals(await readMails(file), [{ id: "a", body: "x" }, { id: "b" }]);
    for (
      const [line, problem] of [
        ["{", "line 2 is no JSON"],
        ["[]", "line 2 is no mail"],
        ['{"id":"a"}', "line 2: a is the id of the mail in line 1, too"],
      ] as const
    ) {
      await Deno.writeTextFile(file, `{"id":"a"}\n${line}\n`);
      await assertRejects(() => readMails(file), UsageError, problem);
    }
  } finally {
    await Deno.remove(file);
  }
  await assertRejects(() => readMails(file), UsageError, "cannot be read");
});
