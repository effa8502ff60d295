import type { HopResult } from "@troupe/host/hop";
import { assertEquals } from "@std/assert";
import { completeEnvelope } from "./envelope.ts";
import { hopJson, hopLines, type Shown } from "./print.ts";
import type { HopRun } from "./stage.ts";

const same = (text: string) => text;
const styles = { bold: same, dim: same, good: same, bad: same, warn: same, name: same };
const envelope = completeEnvelope('{"payload":1,"route":{"next":["b"]},"headers":{"h":1,"gone":"x"}}', "a");
const { route } = envelope;

function shown(result: HopResult, run: Partial<HopRun> = {}, more: Partial<Shown> = {}): Shown {
  const quiet = { said: [], ms: 1.234, cpuMs: 0, residentBytes: 1024, ended: [] };
  const facts = { digest: "d", initialMemory: 65_536, notRestored: "" };
  const spec = { name: "a", isolation: "fresh" as const };
  return { spec, envelope, run: { result, ...quiet, ...run }, facts, startedMs: 300, ...more };
}

Deno.test("emits: where they go, what they carry, and what was changed", () => {
  const result: HopResult = {
    ok: true,
    emits: [
      { payload: "1.0", route, headers: { h: 1, gone: "x" } },
      { payload: '"\u001b[2J"', route: { ...route, next: ["c", "b"] }, headers: { h: 2, new: { x: 1 } } },
      { payload: "null", route: { ...route, next: [] }, headers: { h: 1, gone: "x" } },
    ],
  };
  assertEquals(hopLines(shown(result), styles), [
    "a ok in 1.23 ms, less than 10 ms of processor time (first call)",
    "  emit 1 → b",
    "    1.0",
    "  emit 2 → c, b (edited: it was b)",
    '    "\\x1b[2J"',
    "    header h = 2 (it was 1)",
    '    header gone removed (it was "x")',
    '    header new = {"x":1}',
    "  emit 3 → x-sink (edited: it was b)",
    "    null",
    "",
    "64.0 KiB of memory in a new instance; 1.0 KiB resident in its sandbox",
    "an instance is fresh: put back to where it began after each envelope",
    "sandbox started in 300 ms; sha256:d",
  ]);
});

Deno.test("a failure, with all that was said before it", () => {
  const failure = {
    type: "ValueError",
    mro: ["Exception", "Error"],
    message: "no\nn",
    traceback: "at a\nat b\n",
    details: '{"field":"email"}',
  };
  const said: HopRun["said"] = [
    { kind: "log", level: "info", message: "one" },
    { kind: "fly", event: '{"at":1}' },
    { kind: "log", level: "error", message: "two\u001b[2J" },
  ];
  const ended = ["it took too long"];
  const run = { said, ended, cpuMs: undefined, residentBytes: undefined };
  const more: Partial<Shown> = {
    facts: { digest: "d", initialMemory: 65_536, notRestored: "it grows" },
    builtMs: 2_000,
    repeated: { times: 1000, p50Ms: 0.456, p99Ms: 12.3, cpuMs: 0.5, failed: 1 },
  };
  assertEquals(hopLines(shown({ ok: false, failure }, run, more), styles), [
    "a failed in 1.23 ms (first call)",
    "  ValueError (Exception, Error): no\\nn",
    '  details {"field":"email"}',
    "    at a",
    "    at b",
    "",
    "  info  one",
    '  fly   {"at":1}',
    "  error two\\x1b[2J",
    "",
    "1,000 calls, one at a time: p50 0.46 ms, p99 12 ms; 0.50 ms of processor time each; 1 call failed",
    "the sandbox was ended: it took too long",
    "64.0 KiB of memory in a new instance",
    "an instance is fresh: made anew for each envelope, since it grows",
    "built in 2.0 s, sandbox started in 300 ms; sha256:d",
  ]);
});

Deno.test("nothing emitted, and a payload that is too long to be shown", () => {
  const lines = hopLines(shown({ ok: true, emits: [] }), styles);
  assertEquals(
    lines[1],
    "  nothing emitted: the envelope ends in x-sink as it came, with the reason Aborted",
  );
  const emits = [{ payload: `"${"é".repeat(5_000)}"`, route, headers: envelope.headers ?? {} }];
  const long = hopLines(shown({ ok: true, emits }), styles)[2];
  assertEquals(long, `    "${"é".repeat(1_999)}… (9.8 KiB in all; --json has it)`);
});

Deno.test("as JSON: payloads and events to the letter, what is not known left out", () => {
  const emits = [{ payload: "[9007199254740993]", route, headers: { h: 2 } }];
  const said: HopRun["said"] = [
    { kind: "log", level: "warn", message: "w" },
    { kind: "fly", event: "1.0" },
  ];
  const run = { said, cpuMs: undefined, residentBytes: undefined };
  assertEquals(
    hopJson(shown({ ok: true, emits }, run)),
    '{"actor":"a","component":"sha256:d","verdict":"ok","failure":null,' +
      '"emits":[{"payload":[9007199254740993],"next":["b"],"headers":{"h":2}}],' +
      '"logs":[{"level":"warn","message":"w"}],"flies":[1.0],"ms":1.234,"initial_memory":65536,' +
      '"isolation":"fresh","restored":true,"sandbox_ended":[],"started_ms":300}',
  );
  const failure = { type: "E", mro: ["Error"], message: "m", details: "{}" };
  const { verdict, failure: told, emits: none } = JSON.parse(hopJson(shown({ ok: false, failure })));
  assertEquals([verdict, none], ["failed", []]);
  assertEquals(told, { type: "E", mro: ["Error"], message: "m", details: {} });
});
