import { assertEquals, assertThrows } from "@std/assert";
import { and, encodeProgram, end, ifEqual, load, unlessAtLeast, unlessEqual } from "./bpf.ts";

Deno.test("a program is what the kernel's headers say", () => {
  const program = [
    load(4),
    and(0xff00_0000),
    ifEqual(0xc000_003e, 1),
    unlessEqual(7, 2),
    unlessAtLeast(8, 3),
    end(5),
  ];
  const bytes = [
    ...[0x20, 0, 0, 0, 4, 0, 0, 0],
    ...[0x54, 0, 0, 0, 0, 0, 0, 0xff],
    ...[0x15, 0, 1, 0, 0x3e, 0, 0, 0xc0],
    ...[0x15, 0, 0, 2, 7, 0, 0, 0],
    ...[0x35, 0, 0, 3, 8, 0, 0, 0],
    ...[0x06, 0, 0, 0, 5, 0, 0, 0],
  ];
  assertEquals([...encodeProgram(program)], bytes);
});

Deno.test("a skip that is too far is refused", () => {
  for (const skip of [-1, 256, 0.5]) assertThrows(() => unlessEqual(1, skip), RangeError, `${skip}`);
});
