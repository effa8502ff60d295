import { assertEquals } from "@std/assert";
import { isBlocking, waitingImports } from "./blocking.ts";

const STREAMS = {
  name: "wasi:io/streams@0.2.3",
  members: [
    ["output-stream", "resource"],
    ["[method]output-stream.check-write", "func(self: borrow<output-stream>) -> result<u64, stream-error>"],
    ["[method]output-stream.blocking-flush", "func(self: borrow<output-stream>) -> result<_, stream-error>"],
    ["[method]input-stream.blocking-read", "func(self: borrow<input-stream>, len: u64)"],
  ],
} as const;
const POLL = {
  name: "wasi:io/poll@0.2.0",
  members: [
    ["pollable", "resource"],
    ["[method]pollable.ready", "func(self: borrow<pollable>) -> bool"],
    ["[method]pollable.block", "func(self: borrow<pollable>)"],
    ["poll", "func(in: list<borrow<pollable>>) -> list<u32>"],
  ],
} as const;
const HTTP = { name: "wasi:http/outgoing-handler@0.2.3", members: [["handle", "func()"]] } as const;

Deno.test("streams and pollables make nobody wait who sends no requests", () => {
  assertEquals(waitingImports([STREAMS, POLL]), []);
  assertEquals(isBlocking([STREAMS, POLL]), false);
});

Deno.test("whoever sends requests waits in what blocks, of each version that is imported", () => {
  assertEquals(waitingImports([STREAMS, POLL, HTTP, { ...POLL, name: "wasi:io/poll@0.2.12" }]), [
    "wasi:io/streams@0.2.3#[method]output-stream.blocking-flush",
    "wasi:io/streams@0.2.3#[method]input-stream.blocking-read",
    "wasi:io/poll@0.2.0#[method]pollable.block",
    "wasi:io/poll@0.2.0#poll",
    "wasi:io/poll@0.2.12#[method]pollable.block",
    "wasi:io/poll@0.2.12#poll",
  ]);
});

Deno.test("every call of state waits, and nothing that is no function", () => {
  const members = [["refusal", "record{code: string}"], ["get", "func(key: string)"]] as const;
  assertEquals(waitingImports([{ name: "troupe:actor/state@0.1.0", members }]), [
    "troupe:actor/state@0.1.0#get",
  ]);
});

Deno.test("whoever sleeps waits", () => {
  const members = [["sleep", "func(ms: u32)"]] as const;
  assertEquals(waitingImports([{ name: "troupe:actor/timers@0.1.0", members }]), [
    "troupe:actor/timers@0.1.0#sleep",
  ]);
});
