import { assertEquals } from "@std/assert";
import { DEFAULT_LIMITS } from "../../limits.ts";
import { failureOf, memoryFailure, outputFailure } from "./failures.ts";
import { GuestTextError } from "./guest_text.ts";
import { InstantiationError } from "./instance.ts";

const FULL = DEFAULT_LIMITS.memoryBytes;
const GUEST = { kind: "E", lineage: ["B"], message: "m" };

const CASES: [string, unknown, number, unknown][] = [
  ["a failure that the guest returned", { ...GUEST, traceback: undefined }, 0, GUEST],
  ["one with everything", { ...GUEST, traceback: "t", details: "{}" }, FULL, {
    ...GUEST,
    traceback: "t",
    details: "{}",
  }],
  ["a trap", new WebAssembly.RuntimeError("unreachable"), 0, {
    stopped: "troupe.Trap",
    message: "RuntimeError: unreachable",
  }],
  ["a stack overflow", new RangeError("Maximum call stack size exceeded"), 0, {
    stopped: "troupe.Trap",
    message: "RangeError: Maximum call stack size exceeded",
  }],
  ["an instance that could not be made", new InstantiationError("LinkError: x; it wrote: y"), 0, {
    stopped: "troupe.Trap",
    message: "LinkError: x; it wrote: y",
  }],
  ["a trap with the memory full", new WebAssembly.RuntimeError("unreachable"), FULL, {
    stopped: "troupe.MemoryLimit",
    message:
      "The actor needs more than its 134217728 bytes of memory (limits.memory); it ended with RuntimeError: unreachable",
  }],
  ["too much memory", memoryFailure(DEFAULT_LIMITS), FULL, {
    stopped: "troupe.MemoryLimit",
    message: "The actor needs more than its 134217728 bytes of memory (limits.memory)",
  }],
  ["too much output", outputFailure(DEFAULT_LIMITS), 0, {
    stopped: "troupe.OutputLimit",
    message: "The actor returned more than 16777216 bytes (limits.emittedBytes)",
  }],
  ["a text that is none", new GuestTextError("troupe.BadOutput", "no"), FULL, {
    stopped: "troupe.BadOutput",
    message: "no",
  }],
];

for (const thrown of [undefined, null, "x", 1, {}, [], { ...GUEST, lineage: [1] }, { ...GUEST, kind: 1 }]) {
  CASES.push([`thrown: ${JSON.stringify(thrown)}`, thrown, 0, {
    stopped: "troupe.Trap",
    message: "an exception of its own",
  }]);
}

for (const [what, thrown, memoryBytes, expected] of CASES) {
  Deno.test(`the name of ${what}`, () => {
    assertEquals(failureOf(thrown, { limits: DEFAULT_LIMITS, memoryBytes }) as unknown, expected);
  });
}
