import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type DeadLetter, unwrapDead, wrapDead } from "./dead_letter.ts";

const LETTER: DeadLetter = {
  reason: "troupe.MalformedEnvelope",
  message: "not an envelope",
  queue: "a",
  actor: "a",
  at: new Date("2026-05-01T12:00:00.123Z"),
  body: Uint8Array.of(0, 255, 10),
};
const utf8 = (text: string) => new TextEncoder().encode(text);

Deno.test("what is wrapped is unwrapped, byte for byte", () => {
  const failure = { type: "E", mro: ["Base"], message: "m", traceback: "t", details: "[1]" };
  const text = fc.string({ unit: "binary" });
  const letters = fc.record({
    reason: text,
    message: text,
    queue: text,
    actor: text,
    at: fc.date({ noInvalidDate: true, min: new Date(0), max: new Date("9999-12-31T23:59:59Z") }),
    body: fc.uint8Array({ maxLength: 100 }),
    error: fc.constantFrom(undefined, failure, { type: "E", mro: [], message: "" }),
    component: fc.constantFrom(undefined, "c0de"),
  });
  fc.assert(fc.property(letters, ({ error, component, ...rest }) => {
    const letter = { ...rest, ...(error ? { error } : {}), ...(component ? { component } : {}) };
    assertEquals(unwrapDead(wrapDead(letter)), letter);
  }));
});

Deno.test("unwrapDead() takes nothing for a dead letter that is none", () => {
  const wrapped: Record<string, unknown> = JSON.parse(new TextDecoder().decode(wrapDead(LETTER)));
  const without = (member: string) =>
    Object.fromEntries(Object.entries(wrapped).filter(([key]) => key !== member));
  const none: unknown[] = [
    {},
    null,
    [wrapped],
    without("x-troupe-dead-letter"),
    without("body"),
    without("reason"),
    { ...wrapped, "x-troupe-dead-letter": 2 },
    { ...wrapped, body: "not base64!" },
    { ...wrapped, at: "yesterday" },
    { ...wrapped, at: "2026-02-30T00:00:00Z" },
    { ...wrapped, error: "E" },
    // An envelope whose sender has put such members beside its own is an envelope.
    { id: "1", route: { prev: [], curr: "x-sump", next: [] }, payload: 1, ...wrapped },
  ];
  for (const value of none) {
    assertEquals(unwrapDead(utf8(JSON.stringify(value))), undefined, JSON.stringify(value));
  }
  for (const bytes of [new Uint8Array(0), Uint8Array.of(0xff, 0xfe), utf8("{"), utf8("\ufeff{}")]) {
    assertEquals(unwrapDead(bytes), undefined);
  }
  assert(unwrapDead(utf8(JSON.stringify(wrapped))));
});
