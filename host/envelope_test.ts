import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { encodeEnvelope, EnvelopeLimitError, MalformedEnvelopeError, parseEnvelope } from "./envelope.ts";
import { TroupeError } from "./errors.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (body: Uint8Array) => new TextDecoder().decode(body);
const ROUTE = '"route":{"prev":[],"curr":"a","next":[]}';
const envelopeWith = (members: string) => bytes(`{"id":"1",${ROUTE}${members}}`);

Deno.test("parseEnvelope() keeps payload and unknown members to the letter", () => {
  for (
    const value of [
      "-0",
      "9007199254740993",
      "1e400",
      '{"a":1,"a":2}',
      '"\\u0041\\/\\ud800"',
      "[ 1 ,2\n]",
      '{"__proto__":{"x":1},"constructor":null}',
      "[".repeat(100_000) + "]".repeat(100_000),
    ]
  ) {
    const envelope = parseEnvelope(envelopeWith(`,"\\u0078":${value} , "payload" : ${value} `));
    assertEquals(envelope.payload, value);
    assertEquals(envelope.extra, [{ key: "x", keyText: '"\\u0078"', valueText: value }]);
    assertEquals(text(encodeEnvelope(envelope)), `{"id":"1",${ROUTE},"\\u0078":${value},"payload":${value}}`);
  }
});

Deno.test("parseEnvelope() takes a missing payload as null, and null for what is optional as missing", () => {
  const envelope = parseEnvelope(envelopeWith(',"headers":null,"status":null,"parent_id":null'));
  assertEquals(envelope, { id: "1", route: { prev: [], curr: "a", next: [] }, payload: "null", extra: [] });
});

Deno.test("parseEnvelope() keeps keys that mean something to JavaScript as keys", () => {
  const headers = '{"__proto__":{"polluted":1},"constructor":{"prototype":2},"toString":3}';
  const envelope = parseEnvelope(envelopeWith(`,"headers":${headers},"payload":1`));
  assertEquals(Object.keys(envelope.headers ?? {}), ["__proto__", "constructor", "toString"]);
  assertEquals(Object.getPrototypeOf(envelope.headers), null);
  assertEquals(({} as Record<string, unknown>).polluted, undefined);
  assert(text(encodeEnvelope(envelope)).includes(`"headers":${headers}`));
});

Deno.test("parseEnvelope() keeps what it does not know in a status", () => {
  const status = '{"phase":"pending","attempt":2,"deadline_at":"2026-01-01T00:00:00Z","of_asya":{"a":[1]}}';
  assert(
    text(encodeEnvelope(parseEnvelope(envelopeWith(`,"status":${status}`)))).includes(`"status":${status}`),
  );
});

const MALFORMED: [string, string][] = [
  ["", ""],
  ["[]", ""],
  ["{", ""],
  ["\ufeff{}", ""],
  ["{}", "route"],
  [`{${ROUTE}}`, "id"],
  [`{"id":1,${ROUTE}}`, "id"],
  [`{"id":null,${ROUTE}}`, "id"],
  [`{"id":"",${ROUTE}}`, "id"],
  [`{"id":"1","id":"2",${ROUTE}}`, "id"],
  [`{"id":"\\ud800",${ROUTE}}`, "id"],
  [`{"id":"a\\u0000b",${ROUTE}}`, "id"],
  [`{"id":"1",${ROUTE},"parent_id":"\\udc00"}`, "parent_id"],
  [`{"id":"1",${ROUTE},"payload":1,"p\\u0061yload":2}`, "payload"],
  ['{"id":"1","route":null}', "route"],
  ['{"id":"1","route":[]}', "route"],
  ['{"id":"1","route":{"prev":[],"curr":"a"}}', "route.next"],
  ['{"id":"1","route":{"prev":[],"curr":1,"next":[]}}', "route.curr"],
  ['{"id":"1","route":{"prev":[],"curr":"A","next":[]}}', "route.curr"],
  ['{"id":"1","route":{"prev":["a/b"],"curr":"a","next":[]}}', "route.prev.0"],
  ['{"id":"1","route":{"prev":[],"curr":"a","next":["b",""]}}', "route.next.1"],
  [`{"id":"1",${ROUTE},"headers":[]}`, "headers"],
  [`{"id":"1",${ROUTE},"status":"failed"}`, "status"],
  [`{"id":"1",${ROUTE},"status":{"attempt":"1"}}`, "status.attempt"],
  [`{"id":"1",${ROUTE},"parent_id":1}`, "parent_id"],
  [`{"id":"1",${ROUTE},"headers":{"a":${"[".repeat(600)}${"]".repeat(600)}}}`, "headers"],
];

Deno.test("parseEnvelope() names the part that is wrong", () => {
  for (const [body, part] of MALFORMED) {
    assertEquals(
      assertThrows(() => parseEnvelope(bytes(body)), MalformedEnvelopeError).part,
      part,
      body.slice(0, 100),
    );
  }
});

Deno.test("parseEnvelope() refuses bytes that are not UTF-8", () => {
  const body = envelopeWith(',"payload":"x"');
  body[body.indexOf("x".charCodeAt(0))] = 0xff;
  assertThrows(() => parseEnvelope(body), MalformedEnvelopeError, "not UTF-8");
});

Deno.test("parseEnvelope() holds the limits, each with its code", () => {
  const long = JSON.stringify(Array.from({ length: 257 }, () => "a"));
  const cases: [string, Uint8Array][] = [
    ["troupe.TooLarge", envelopeWith(`,"payload":"${"x".repeat(2 ** 20)}"`)],
    ["troupe.TooManyHops", bytes(`{"id":"1","route":{"prev":${long},"curr":"a","next":[]}}`)],
    ["troupe.RouteTooLong", bytes(`{"id":"1","route":{"prev":[],"curr":"a","next":${long}}}`)],
  ];
  for (const [code, body] of cases) {
    assertEquals(assertThrows(() => parseEnvelope(body), EnvelopeLimitError).code, code);
  }
});

Deno.test("what is encoded reads back as the same envelope", () => {
  const name = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,5}[a-z0-9])?$/);
  const json = fc.json({ maxDepth: 4 });
  const envelopes = fc.record({
    id: fc.string({ minLength: 1, unit: "binary" }).map((id) => id.toWellFormed().replaceAll("\0", "0")),
    route: fc.record({ prev: fc.array(name), curr: fc.oneof(fc.constant(""), name), next: fc.array(name) }),
    headers: fc.dictionary(fc.string().map((key) => key.toWellFormed()), fc.jsonValue({ maxDepth: 3 })),
    payload: json,
    extra: json,
  });
  fc.assert(fc.property(envelopes, ({ id, route, headers, payload, extra }) => {
    const body = bytes(
      `{"payload":${payload},"zz":${extra},"id":${JSON.stringify(id)},"route":${JSON.stringify(route)},` +
        `"headers":${JSON.stringify(headers)}}`,
    );
    const read = parseEnvelope(body);
    assertEquals(read.payload, payload.trim());
    assertEquals(JSON.parse(JSON.stringify(read.headers)), JSON.parse(JSON.stringify(headers)));
    assertEquals(parseEnvelope(encodeEnvelope(read)), read);
  }));
});

Deno.test("parseEnvelope() throws nothing but its own errors, whatever the bytes", () => {
  const valid = envelopeWith(',"headers":{"a":1},"status":{"phase":"x"},"payload":[1]');
  const mutated = fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { maxLength: 4 }).map(
    (changes) => {
      const body = valid.slice();
      for (const [at, byte] of changes) body[at] = byte;
      return body;
    },
  );
  fc.assert(
    fc.property(fc.oneof(mutated, fc.uint8Array()), (body) => {
      try {
        parseEnvelope(body as Uint8Array);
      } catch (error) {
        assert(error instanceof TroupeError, String(error));
      }
    }),
    { numRuns: 2000 },
  );
});
