import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import type { Letter, Letters, Replay } from "@troupe/host/crew/store";
import { InvalidArgumentError } from "commander";
import { UsageError } from "../usage_error.ts";
import { checkChoice, filterOf, isConfirmed, letterToReplay, NoLetterError, parseMoment } from "./filter.ts";

Deno.test("a moment is a time ago, or an RFC 3339 time", () => {
  assertEquals(parseMoment("2026-05-01T12:00:00+02:00"), Date.UTC(2026, 4, 1, 10));
  const before = Date.now() - 3_600_000;
  const hour = parseMoment("1h");
  assert(hour >= before && hour <= Date.now() - 3_600_000);
  for (const none of ["", "soon", "1", "2026-05-01", "2026-13-01T00:00:00Z"]) {
    assertThrows(() => parseMoment(none), InvalidArgumentError, "2h");
  }
});

Deno.test("a filter has what options name, the beginning of time too", () => {
  assertEquals(filterOf({}), {});
  const filter = { actor: "a", type: "E", since: 0, until: 5 };
  assertEquals(filterOf(filter), filter);
});

Deno.test("it has to be clear which letters are meant", () => {
  const check = (choice: { ref?: string; all?: boolean; actor?: string }) =>
    checkChoice({ ref: undefined, all: false, yes: false, ...choice }, "replay");
  check({ ref: "1" });
  check({ all: true, actor: "a" });
  assertThrows(() => check({}), UsageError, "troupe dlq replay ID");
  assertThrows(() => check({ actor: "a" }), UsageError, "--all");
  assertThrows(() => check({ ref: "1", all: true }), UsageError, "leave");
  assertThrows(() => check({ ref: "1", actor: "a" }), UsageError, "leave");
});

Deno.test("nobody is asked who has said yes", () => {
  assert(isConfirmed("Replay 2 dead letters?", { yes: true }));
});

/** Letters of one envelope, in a certain state each; the keys are their places. */
function lettersIn(states: readonly Letter["state"][], unsent: readonly string[] = []): Letters {
  const items = states.map((state, i) => ({ key: String(i), id: "1", state }) as Letter);
  return {
    letter: (key: string) => Promise.resolve(items.find((item) => item.key === key && key !== "1")),
    list: () => Promise.resolve({ items }),
    replays: () => Promise.resolve(unsent.map((key) => ({ key }) as Replay)),
  } as Partial<Letters> as Letters;
}

Deno.test("an id means the replay that hangs in the air, or else the latest that is open, or else the latest", async () => {
  const chosen = async (states: readonly Letter["state"][], unsent?: readonly string[]) =>
    (await letterToReplay(lettersIn(states, unsent), "1")).key;
  assertEquals(await chosen(["replayed", "open", "open", "resolved"]), "2");
  assertEquals(await chosen(["replayed", "open"], ["0"]), "0");
  assertEquals(await chosen(["dropped", "open"], ["0"]), "1");
  assertEquals(await chosen(["replayed", "resolved"]), "1");
  assertEquals((await letterToReplay(lettersIn(["open", "open"]), "0")).key, "0");
  await assertRejects(() => letterToReplay(lettersIn([]), "1"), NoLetterError);
  await assertRejects(() => letterToReplay(lettersIn(["open"]), ""), NoLetterError);
});
