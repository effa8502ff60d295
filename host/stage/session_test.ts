import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import type { HopResult } from "../hop.ts";
import { DEFAULT_LIMITS, type Limits } from "../limits.ts";
import { Session } from "./session.ts";
import { envelope } from "./_testing.ts";
import { encodeText } from "./wire/bytes.ts";
import { type Call, encodeCall } from "./wire/call.ts";
import { encodeFailure, type SandboxFailure } from "./wire/failure.ts";
import { FrameError, FrameType } from "./wire/frames.ts";

/** A session, told by hand what a sandbox would say. */
function session(limits: Partial<Limits> = {}) {
  const logs: string[] = [];
  const flies: string[] = [];
  const settings = {
    actor: "actor",
    grants: { route: ["store"] },
    limits: { ...DEFAULT_LIMITS, ...limits },
    isolation: "fresh",
    ahead: true,
    blocking: false,
    config: { environment: [], values: [] },
    services: [],
    mounts: [],
  } as const;
  const session = new Session(envelope("1", 1, { headers: { a: 1 } }), settings, {
    onLog: ({ level, message }) => logs.push(`${level}: ${message}`),
    onFly: (_, event) => flies.push(event),
  });
  const take = (type: number, ...parts: Uint8Array[]): HopResult | undefined => {
    const body = Uint8Array.from(parts.flatMap((part) => [...part]));
    return session.take({ type, nonce: session.nonce, sequence: 0, body });
  };
  return {
    logs,
    flies,
    call: (call: Call, refused = false) => take(FrameType.Call, ...encodeCall(call, refused)),
    returned: (payload: string) => take(FrameType.Returned, encodeText(payload)),
    none: () => take(FrameType.ReturnedNone),
    failed: (failure: SandboxFailure) => take(FrameType.Failed, encodeFailure(failure)),
    take,
  };
}

Deno.test("nonces are not repeated", () => {
  const settings = {
    actor: "actor",
    grants: { route: [] },
    limits: DEFAULT_LIMITS,
    isolation: "fresh",
    ahead: true,
    blocking: false,
    config: { environment: [], values: [] },
    services: [],
    mounts: [],
  } as const;
  const hooks = { onLog: () => {}, onFly: () => {} };
  const nonces = Array.from({ length: 1000 }, () => new Session(envelope("1", 1), settings, hooks).nonce);
  assertEquals(new Set(nonces).size, 1000);
});

Deno.test("the emits are those of the host's own copy", () => {
  const { call, returned } = session();
  call({ verb: "set", path: ".headers.b", value: "[2]" });
  call({ verb: "emit", payload: "1" });
  call({ verb: "del", path: ".headers" + ".a" });
  call({ verb: "set", path: ".route.next[:0]", value: '["store"]' });
  const result = returned(' {"x": 1} ');
  assertEquals(
    result?.ok && result.emits.map(({ payload, headers, route }) => [payload, { ...headers }, route.next]),
    [
      ["1", { a: 1, b: [2] }, ["b", "c"]],
      [' {"x": 1} ', { b: [2] }, ["store", "b", "c"]],
    ],
  );
});

Deno.test("returning nothing keeps what was emitted; failing keeps nothing", () => {
  const one = session();
  one.call({ verb: "emit", payload: "1" });
  const result = one.none();
  assertEquals(result?.ok && result.emits.length, 1);
  const other = session();
  other.call({ verb: "emit", payload: "1" });
  assertEquals(other.failed({ stopped: "troupe.Trap", message: "m" }), {
    ok: false,
    failure: { type: "troupe.Trap", mro: [], message: "m" },
  });
});

Deno.test("what is returned counts with what was emitted", () => {
  const { call, returned } = session({ emits: 1 });
  call({ verb: "emit", payload: "1" });
  const result = returned("2");
  assertEquals(result && !result.ok && result.failure.type, "troupe.OutputLimit");
});

Deno.test("a refusal has to be shared by both sides, whatever it is for", () => {
  const refused: Call[] = [
    { verb: "get", path: "x" },
    { verb: "set", path: ".route.curr", value: "1" },
    { verb: "set", path: ".headers.b", value: "" },
    { verb: "del", path: ".headers.traceparent" },
    { verb: "emit", payload: "" },
    { verb: "fly", event: "" },
  ];
  for (const call of refused) {
    assertEquals(session().call(call, true), undefined);
    assertThrows(() => session().call(call, false), FrameError);
  }
  assertThrows(() => session().call({ verb: "emit", payload: "1" }, true), FrameError);
});

Deno.test("the platform's name of a refusal is kept for the last one that both sides made", () => {
  const fail = (kind: string) => ({ kind, lineage: [], message: "" });
  const typeOf = (result: HopResult | undefined) => result && !result.ok && result.failure.type;
  const { call, failed } = session();
  assertEquals(typeOf(failed(fail("troupe.AccessError"))), "guest.troupe.AccessError");
  call({ verb: "set", path: ".id", value: "1" }, true);
  assertEquals(typeOf(failed(fail("troupe.AccessError"))), "troupe.AccessError");
  assertEquals(typeOf(failed(fail("troupe.Timeout"))), "guest.troupe.Timeout");
  call({ verb: "get", path: "x" }, true);
  assertEquals(typeOf(failed(fail("troupe.BadPath"))), "troupe.BadPath");
  assertEquals(typeOf(failed(fail("troupe.AccessError"))), "guest.troupe.AccessError");
});

Deno.test("log lines and events go on at once; dropped ones are told of", () => {
  const { call, logs, flies } = session({ logBytes: 10 });
  call({ verb: "log", level: "info", message: "123456789" });
  call({ verb: "fly", event: "[1]" });
  call({ verb: "dropped", bytes: 5 });
  assertEquals(logs, [
    "info: 123456789",
    "warn: 5 bytes of log were dropped: more than 10 (limits.logBytes)",
  ]);
  assertEquals(flies, ["[1]"]);
  assertThrows(() => call({ verb: "log", level: "info", message: "" }), FrameError, "limits.logBytes");
});

Deno.test("details that are no JSON are left out", () => {
  const { failed } = session();
  const failure = { kind: "E", lineage: [], message: "" };
  const detailsOf = (details: string) => {
    const result = failed({ ...failure, details });
    return result && !result.ok ? result.failure.details : "no failure";
  };
  assertEquals(detailsOf('{"a": 1}'), '{"a": 1}');
  assertEquals(detailsOf('{"a": 1},"b":2'), undefined);
  assertNotEquals(detailsOf("[".repeat(500) + "]".repeat(500)), undefined);
});

Deno.test("what is no frame of a hop is refused", () => {
  for (const type of [FrameType.Ready, FrameType.Entered, FrameType.Load, 99]) {
    assertThrows(() => session().take(type), FrameError);
  }
});
