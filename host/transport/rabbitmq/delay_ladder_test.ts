import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  destinationOf,
  ladderDeclarations,
  ladderEntry,
  LONGEST_MS,
  rungQueues,
  RUNGS,
  STEP_MS,
} from "./delay_ladder.ts";

const NAMES = { rung: "delay_", due: "due" };
const declarations = ladderDeclarations(NAMES);

/** Whether a routing key fits a topic exchange's pattern, as the broker decides it. */
function fits(pattern: string, key: string): boolean {
  const match = (words: string[], rest: string[]): boolean => {
    const [word, ...more] = words;
    if (word === undefined) return rest.length === 0;
    if (word === "#") return match(more, rest) || (rest.length > 0 && match(words, rest.slice(1)));
    return rest.length > 0 && (word === "*" || word === rest[0]) && match(more, rest.slice(1));
  };
  return match(pattern.split("."), key.split("."));
}

/** Follows a message through the declared exchanges and queues, as the broker does; gives how long it is kept. */
function follow(exchange: string, key: string): number {
  let waited = 0;
  for (let at = exchange; at !== NAMES.due;) {
    const next = declarations.filter((each) =>
      (each.kind === "binding" || each.kind === "exchange-binding") && each.exchange === at &&
      fits(each.routingKey, key)
    );
    assertEquals(next.length, 1, `${at} routes ${key} to ${next.length} places`);
    const [binding] = next;
    if (binding?.kind === "exchange-binding") at = binding.to;
    else {
      const queue = declarations.find((each) =>
        each.kind === "queue" && binding?.kind === "binding" && each.name === binding.queue
      );
      assert(queue?.kind === "queue");
      waited += Number(queue.arguments["x-message-ttl"]);
      at = String(queue.arguments["x-dead-letter-exchange"]);
    }
  }
  return waited;
}

Deno.test("a message is kept for its delay, rounded up to a step, and for no longer", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: LONGEST_MS }), (delayMs) => {
    const { exchange, routingKey, restMs } = ladderEntry(delayMs, "split", NAMES);
    const waited = follow(exchange, routingKey);
    assert(waited >= delayMs && waited < delayMs + STEP_MS, `${delayMs} became ${waited}`);
    assertEquals(restMs, 0);
  }));
});

Deno.test("the shortest delay passes one rung, the longest all of them", () => {
  assertEquals(ladderEntry(1, "split", NAMES).exchange, "delay_00");
  assertEquals(ladderEntry(LONGEST_MS, "split", NAMES).exchange, `delay_${RUNGS - 1}`);
  assert(LONGEST_MS > 24 * 3600 * 1000);
});

Deno.test("what is to wait longer than the ladder is high passes it again", () => {
  const { exchange, routingKey, restMs } = ladderEntry(LONGEST_MS + 1234, "split", NAMES);
  assertEquals([follow(exchange, routingKey), restMs], [LONGEST_MS, 1234]);
});

Deno.test("a part of a step is a step", () => {
  assertEquals(follow("delay_00", ladderEntry(0.5, "split", NAMES).routingKey), STEP_MS);
  const { exchange, routingKey } = ladderEntry(100.5, "split", NAMES);
  assertEquals(follow(exchange, routingKey), 2 * STEP_MS);
});

Deno.test("the destination is the key's last word, within what AMQP allows", () => {
  const { routingKey } = ladderEntry(300, `${"a".repeat(63)}_suspect`, NAMES);
  assertEquals(destinationOf(routingKey), `${"a".repeat(63)}_suspect`);
  assert(routingKey.length <= 255);
});

Deno.test("rungs are listed in the order in which messages pass them", () => {
  assertEquals([rungQueues(NAMES)[0], rungQueues(NAMES).at(-1)], [`delay_${RUNGS - 1}`, "delay_00"]);
});
