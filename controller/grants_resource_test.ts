import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { ActorSpecError, parseActorSpec } from "./spec.ts";

const HEAD = `apiVersion: troupe.dev/v1alpha1
kind: Actor
metadata: { name: shop }
spec:
  component: { file: shop.wasm }
  grants: `;

const parse = (grants: string) => parseActorSpec(HEAD + grants, { file: "/mesh/shop/actor.yaml" }).grants;

const READ: Record<string, unknown> = {
  "{ env: { LANGUAGE: en } }": { env: { LANGUAGE: "en" } },
  "{ secrets: { KEY: { env: SHOP_KEY }, TOKEN: { file: /run/token }, OWN: { file: token } } }": {
    secrets: { KEY: { env: "SHOP_KEY" }, TOKEN: { file: "/run/token" }, OWN: { file: "/mesh/shop/token" } },
  },
  "{ state: true }": { state: {} },
  "{ state: {} }": { state: {} },
  "{ secrets: { KEY: { env: SHOP_KEY, secretKeyRef: { name: shop, key: key } } } }": {
    secrets: { KEY: { env: "SHOP_KEY" } },
  },
  "{ files: [{ from: words, path: /words, configMap: words }] }": {
    files: [{ from: "/mesh/shop/words", path: "/words" }],
  },
  "{ state: { bucket: carts } }": { state: { bucket: "carts" } },
  "{ state: { bucket: carts, entries: 1000, bytes: 1Mi } }": {
    state: { bucket: "carts", entries: 1000, bytes: 1_048_576 },
  },
  "{ state: { bytes: 4Gi } }": { state: { bytes: 4_294_967_296 } },
  "{ files: [{ from: words, path: /words }, { from: /srv/x, path: /a/b }] }": {
    files: [{ from: "/mesh/shop/words", path: "/words" }, { from: "/srv/x", path: "/a/b" }],
  },
  "{ clock: precise }": { clock: "precise" },
  '{ http: ["https://api.example.com/v1/"] }': {
    http: [{ host: "api.example.com", scheme: "https", port: 443, path: "/v1/" }],
  },
};

for (const [text, grants] of Object.entries(READ)) {
  Deno.test(`grants: ${text}`, () => assertEquals<unknown>(parse(text), { route: [], ...grants as object }));
}

const REFUSED: [text: string, ...says: string[]][] = [
  ["{ env: { 1ST: x } }", "spec.grants.env", "letters, digits and underscores"],
  ["{ env: { N: 1 } }", "spec.grants.env.N", "put numbers and booleans in quotes"],
  ["{ secrets: { KEY: s3cr3t } }", "spec.grants.secrets.KEY", "an object with env, file or secretKeyRef"],
  ["{ secrets: { KEY: {} } }", "spec.grants.secrets.KEY", "has to have either env or file"],
  ["{ secrets: { KEY: { env: A, file: b } } }", "has to have either env or file"],
  ["{ secrets: { KEY: { value: x } } }", "spec.grants.secrets.KEY.value", "env, file"],
  ["{ state: false }", "spec.grants.state", "true, or an object"],
  ["{ state: { bucket: A/B } }", "spec.grants.state", "carts"],
  ["{ state: { entries: 0 } }", "spec.grants.state.entries", "a whole number between 1 and 10000000"],
  ["{ state: { bytes: lots } }", "spec.grants.state.bytes", "has to be a size"],
  ["{ state: { bytes: 65Gi } }", "spec.grants.state.bytes", "between 1 and 64Gi"],
  ["{ state: { keys: 1 } }", "spec.grants.state.keys", "bucket, entries, bytes"],
  ["{ files: [{ from: words, path: words }] }", "spec.grants.files[0].path", "an absolute path"],
  ["{ files: [{ from: words, path: /a/../b }] }", "spec.grants.files[0].path", "an absolute path"],
  ["{ files: [{ from: a, path: /a }, { from: b, path: /a }] }", "spec.grants.files", "the same path twice"],
  ["{ clock: fine }", "spec.grants.clock", "coarse or precise"],
  ["{ http: [{ port: 1 }] }", "spec.grants.http[0].host"],
  ["{ sockets: true }", "spec.grants.sockets", "is not a field of an Actor"],
];

for (const [text, ...says] of REFUSED) {
  Deno.test(`refused: ${text}`, () => {
    const error = assertThrows(() => parse(text), ActorSpecError);
    for (const part of says) assertStringIncludes(error.message, part);
  });
}

Deno.test("no value that was meant for a secret is repeated in an error", () => {
  const error = assertThrows(() => parse("{ secrets: { KEY: s3cr3t } }"), ActorSpecError);
  assertEquals(error.message.includes("s3cr3t"), false);
});
