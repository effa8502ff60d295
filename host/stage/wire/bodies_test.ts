import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import fc from "fast-check";
import { parseEnvelope } from "../../envelope.ts";
import { DEFAULT_LIMITS } from "../../limits.ts";
import { byteLength, decodeText, encodeText, splitLength, withLength } from "./bytes.ts";
import { type Call, decodeCall, encodeCall, LEVELS } from "./call.ts";
import {
  decodeFailure,
  encodeFailure,
  FAILURE_BOUNDS,
  FAILURE_BYTES,
  type SandboxFailure,
} from "./failure.ts";
import { FrameError } from "./frames.ts";
import { decodeHandle, encodeHandle } from "./handle.ts";
import { decodeLoad, encodeLoad } from "./load.ts";

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

const text = fc.string({ unit: "grapheme" });

const call: fc.Arbitrary<Call> = fc.oneof(
  fc.record({ verb: fc.constant("get" as const), path: text }),
  fc.record({ verb: fc.constant("set" as const), path: text, value: text }),
  fc.record({ verb: fc.constant("del" as const), path: text }),
  fc.record({ verb: fc.constant("emit" as const), payload: text }),
  fc.record({ verb: fc.constant("fly" as const), event: text }),
  fc.record({ verb: fc.constant("log" as const), level: fc.constantFrom(...LEVELS), message: text }),
  fc.record({ verb: fc.constant("dropped" as const), bytes: fc.nat() }),
);

Deno.test("calls come out as they went in", () => {
  fc.assert(fc.property(call, fc.boolean(), (call, refused) => {
    assertEquals(decodeCall(joined(encodeCall(call, refused))), { call, refused });
  }));
});

Deno.test("garbage is no call, or one with the parts that a call has", () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => {
    try {
      const { call, refused } = decodeCall(Uint8Array.from(bytes));
      assertEquals(decodeCall(joined(encodeCall(call, refused))), { call, refused });
    } catch (error) {
      assertInstanceOf(error, FrameError);
    }
  }));
});

const failure: fc.Arbitrary<SandboxFailure> = fc.oneof(
  fc.record({ stopped: fc.constant("troupe.Trap" as const), message: text }),
  fc.record(
    { kind: text, lineage: fc.array(text), message: text, traceback: text, details: text },
    { requiredKeys: ["kind", "lineage", "message"] },
  ),
);

Deno.test("failures come out as they went in, up to their bounds", () => {
  fc.assert(fc.property(failure, (failure) => {
    const bounded = "stopped" in failure
      ? failure
      : { ...failure, lineage: failure.lineage.slice(0, FAILURE_BOUNDS.lineage) };
    assertEquals(decodeFailure(encodeFailure(failure)), bounded);
  }));
});

Deno.test("the longest failure fits into its frame", () => {
  const worst = "\u0001".repeat(100_000);
  const bytes = encodeFailure({
    kind: worst,
    lineage: Array(100).fill(worst),
    message: worst,
    traceback: worst,
    details: worst.slice(0, FAILURE_BOUNDS.details),
  });
  assertEquals(bytes.length < FAILURE_BYTES, true);
  decodeFailure(bytes);
});

Deno.test("a text that is cut within a character stays a text", () => {
  const { message } = decodeFailure(
    encodeFailure({ stopped: "troupe.Trap", message: "x".repeat(8191) + "😀" }),
  );
  assertEquals(message, "x".repeat(8191) + "\ufffd");
});

const NO_FAILURES: unknown[] = [
  null,
  1,
  "x",
  [],
  {},
  { message: "" },
  { kind: "k", message: "" },
  { kind: "k", message: 1, lineage: [] },
  { kind: "k", message: "", lineage: "b" },
  { kind: "k", message: "", lineage: [null] },
  { kind: "k".repeat(257), message: "", lineage: [] },
  { kind: "k", message: "m".repeat(8193), lineage: [] },
  { kind: "k", message: "", lineage: Array(33).fill("b") },
  { stopped: "troupe.Timeout", message: "" },
  { stopped: "troupe.Trap" },
  { stopped: null, message: "" },
];

for (const value of NO_FAILURES) {
  Deno.test(`no failure: ${JSON.stringify(value).slice(0, 60)}`, () => {
    assertThrows(() => decodeFailure(encodeText(JSON.stringify(value))), FrameError);
  });
}

Deno.test("a load comes out as it went in", () => {
  const settings = {
    actor: "actor",
    grants: { route: ["b-*"] },
    limits: DEFAULT_LIMITS,
    isolation: "fresh" as const,
    ahead: true,
    blocking: false,
    config: { environment: [], values: [] },
    services: [],
    mounts: [],
  };
  const modules = [{ name: "a.wasm", bytes: Uint8Array.of(1, 2) }, {
    name: "b.wasm",
    bytes: new Uint8Array(),
  }];
  const files = [{ mount: "/data", path: "a/b", bytes: Uint8Array.of(3) }];
  const load = { ...settings, glue: encodeText("glue"), modules, files };
  assertEquals(decodeLoad(joined(encodeLoad(load))), load);
});

Deno.test("an envelope's readable parts come out as they went in, with safe keys", () => {
  const body = {
    id: "1",
    parent_id: "0",
    route: { prev: ["a"], curr: "b", next: ["c"] },
    headers: { x: { y: [1, null] } },
    status: { phase: "pending" },
    payload: { big: 1 },
  };
  const envelope = parseEnvelope(
    encodeText(JSON.stringify(body).replace('"x":', '"__proto__":{"p":1},"x":')),
  );
  const { source, payload } = decodeHandle(joined(encodeHandle(envelope, envelope.payload)));
  const read = source();
  assertEquals(payload, envelope.payload);
  assertEquals(
    JSON.stringify(read),
    JSON.stringify({
      id: "1",
      parentId: "0",
      route: body.route,
      headers: envelope.headers,
      status: body.status,
    }),
  );
  assertEquals(Object.getPrototypeOf(read.headers), null);
});

Deno.test("pieces that say their length", () => {
  const piece = Uint8Array.of(1, 2, 3);
  assertEquals(splitLength(joined([...withLength(piece), Uint8Array.of(9)])), [piece, Uint8Array.of(9)]);
  for (const bytes of [[], [0, 0, 0], [0, 0, 0, 1], [255, 255, 255, 255, 0]]) {
    assertThrows(() => splitLength(Uint8Array.from(bytes)), FrameError);
  }
});

Deno.test("texts: UTF-8 or nothing; a byte order mark is kept", () => {
  assertEquals(decodeText(encodeText("\ufeffé😀")), "\ufeffé😀");
  assertEquals(byteLength("é😀"), 6);
  assertThrows(() => decodeText(Uint8Array.of(0xc3)), FrameError);
});
