import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { encodeEnvelope, parseEnvelope } from "../envelope.ts";
import {
  CLAIM_HEADER,
  ClaimMissingError,
  holdsClaim,
  issueClaim,
  mayHoldClaim,
  redeemClaim,
  sha256Of,
} from "./claim_check.ts";
import type { ClaimStore } from "./claims.ts";

/** Payloads in memory. */
class Kept extends Map<string, Uint8Array> implements ClaimStore {
  async put(payload: Uint8Array): Promise<string> {
    const key = await sha256Of(payload);
    this.set(key, payload.slice());
    return key;
  }
  override get(key: string) {
    return Promise.resolve(super.get(key)) as unknown as Promise<Uint8Array | undefined> & Uint8Array;
  }
  forget(): Promise<number> {
    return Promise.resolve(0);
  }
}

const utf8 = (text: string) => new TextEncoder().encode(text);
const ABOVE = 200;
const issue = (body: Uint8Array, claims: ClaimStore) => issueClaim(body, { claims, above: ABOVE, now: 1 });

const bodies = fc.record({
  id: fc.string({ minLength: 1 }),
  headers: fc.option(fc.dictionary(fc.string(), fc.jsonValue()), { nil: undefined }),
  odd: fc.jsonValue(),
  payload: fc.json({ maxDepth: 4 }),
  filler: fc.nat(3),
}).map(({ id, headers, odd, payload, filler }) => {
  const large = `{"n":9007199254740993,"x":"${"é".repeat(filler * 100)}","p":${payload},"p":-0}`;
  const rest = JSON.stringify({
    id,
    route: { prev: [], curr: "a", next: [] },
    ...(headers ? { headers } : {}),
    odd,
  });
  return utf8(`${rest.slice(0, -1)},"payload":${large}}`);
});

Deno.test("what travels without its payload has it again, to the letter, and everything else as it was", async () => {
  await fc.assert(fc.asyncProperty(bodies, async (body) => {
    const claims = new Kept();
    const travelling = await issue(body, claims);
    const back = await redeemClaim(travelling, claims);
    const [before, after] = [parseEnvelope(body), parseEnvelope(back)];
    assertEquals(after.payload, before.payload);
    const headers = (envelope: typeof before) =>
      Object.keys(envelope.headers ?? {}).length ? envelope.headers : {};
    assertEquals(JSON.stringify(headers(after)), JSON.stringify(headers(before)));
    assertEquals({ ...after, headers: {} }, { ...before, headers: {} });
    assertEquals(holdsClaim(travelling), claims.size > 0);
    // The same again makes the same bytes: a repeat is recognised.
    assertEquals(await redeemClaim(await issue(back, claims), claims), claims.size > 0 ? back : body);
  }));
});

Deno.test("what is small, is no envelope, or is large for another reason travels as it is", async () => {
  const claims = new Kept();
  const headers = { long: "x".repeat(400) };
  for (
    const body of [
      utf8("x".repeat(1000)),
      encodeEnvelope({ id: "1", route: { prev: [], curr: "a", next: [] }, payload: "1", extra: [] }),
      encodeEnvelope({ id: "1", route: { prev: [], curr: "a", next: [] }, headers, payload: "1", extra: [] }),
    ]
  ) {
    assertEquals(await issue(body, claims), body);
    assertEquals(await redeemClaim(body, claims), body);
  }
  assertEquals(claims.size, 0);
  // The header's name in a payload is no claim.
  const text = `{"id":"1","route":{"prev":[],"curr":"a","next":[]},"payload":{"${CLAIM_HEADER}":1}}`;
  assert(mayHoldClaim(utf8(text)) && !holdsClaim(utf8(text)));
  assertEquals(await redeemClaim(utf8(text), claims), utf8(text));
});

Deno.test("a payload that is gone, was tampered with, or is asked for in no way is missing", async () => {
  const claims = new Kept();
  const body = utf8(`{"id":"1","route":{"prev":[],"curr":"a","next":[]},"payload":"${"x".repeat(500)}"}`);
  const travelling = await issue(body, claims);
  const [key] = [...claims.keys()];
  assert(key);
  claims.set(key, utf8('"other"'));
  await assertRejects(() => redeemClaim(travelling, claims), ClaimMissingError, key);
  claims.clear();
  await assertRejects(() => redeemClaim(travelling, claims), ClaimMissingError, "--store".slice(2));
  for (const claim of ["1", "null", '{"sha256":"../x","bytes":1}', "[]"]) {
    const forged =
      `{"id":"1","route":{"prev":[],"curr":"a","next":[]},"headers":{"${CLAIM_HEADER}":${claim}},"payload":1}`;
    await assertRejects(() => redeemClaim(utf8(forged), claims), ClaimMissingError);
  }
});
