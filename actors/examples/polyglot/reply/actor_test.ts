import { assertEquals, assertStringIncludes } from "@std/assert";
import { run } from "@troupe/sdk/testing";
import { type Draft, handle } from "./actor.ts";
import { render } from "./templates.ts";

const mail = { id: "m1", from: "ada@example.com", subject: "Where is it?", body: "…", seen: [1] };

function draft(more: object, lang?: string): Draft {
  const hop = run(handle, { ...mail, ...more }, { headers: lang === undefined ? {} : { lang } });
  assertEquals(hop.failure, undefined);
  return (hop.payloads[0] as unknown as { draft: Draft }).draft;
}

Deno.test("a mail gets its draft, and keeps what else is in it", () => {
  const { payloads } = run(handle, mail);
  const text = "Hello,\n\nthank you for your mail. Somebody will read it within two days.";
  assertEquals(payloads, [{
    ...mail,
    draft: { to: "ada@example.com", subject: "Re: Where is it?", text },
  }]);
});

Deno.test("what was found of an order is named, and what was not is left out", () => {
  const topic = "orders";
  const number = "ORD-10234";
  const whole = { number, date: "2026-11-03", amount: "49.90 EUR" };
  assertStringIncludes(draft({ topic, order: whole }).text, "ORD-10234 of 2026-11-03 (49.90 EUR). We");
  assertStringIncludes(draft({ topic, order: { number } }, "de").text, "Bestellung ORD-10234. Wir");
  assertStringIncludes(draft({ topic }).text, "which order");
});

Deno.test("a subject that is a reply's already stays", () => {
  assertEquals(draft({ subject: "AW: Rechnung" }, "de").subject, "AW: Rechnung");
});

Deno.test("what is no mail fails, as does a draft that nobody could send", () => {
  for (
    const wrong of [7, { id: "m1" }, { ...mail, topic: "weather" }, { ...mail, from: "nobody" }, {
      ...mail,
      order: { number: "7" },
    }]
  ) assertEquals(run(handle, wrong).failure?.kind, "$ZodError", JSON.stringify(wrong));
});

Deno.test("a value that is missing stays visible, so that no such draft is made", () => {
  assertEquals(render("a {b} [c {d}]", {}), "a {b} ");
  assertEquals(render("a {b}[ c {d}]", { b: "{d}", d: "x" }), "a {d} c x");
});
