import { assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { decodeBase64 } from "@std/encoding/base64";
import { gunzipSync } from "node:zlib";
import { inConfigMap, isComponent, MOST_BYTES } from "./component_object.ts";
import { DeployError } from "./errors.ts";

const of = (bytes: Uint8Array, digest = "a".repeat(64)) =>
  inConfigMap({ actor: "split", mesh: "shop", namespace: "mesh", bytes, digest });

function content({ object }: ReturnType<typeof of>): [key: string, bytes: Uint8Array] {
  const [[key, text] = ["", ""]] = Object.entries(object.binaryData as Record<string, string>);
  return [key, decodeBase64(text)];
}

Deno.test("a small component lies there as it is, a larger one compressed", () => {
  const small = new Uint8Array(MOST_BYTES).fill(7);
  assertEquals(content(of(small)), ["component.wasm", small]);
  const large = new Uint8Array(MOST_BYTES + 1).fill(7);
  const [key, bytes] = content(of(large));
  assertEquals(key, "component.wasm.gz");
  assertEquals(new Uint8Array(gunzipSync(bytes)), large);
  // The same component is the same object, whenever it is made.
  assertEquals(of(large), of(large));
});

Deno.test("the actor names the object, which is named by the digest and cannot be changed", () => {
  const { component, object } = of(new Uint8Array(8));
  const { name } = object.metadata;
  assertMatch(name ?? "", /^component-split-a{16}$/);
  assertEquals(component, { configMap: { name, key: "component.wasm" }, sha256: "a".repeat(64) });
  assertEquals([object.immutable, object.metadata.namespace, isComponent(object)], [true, "mesh", true]);
  assertEquals(isComponent({ ...object, metadata: { name: "other" } }), false);
});

Deno.test("one that does not fit says how large it is, and what to do", () => {
  const random = new Uint8Array(2 * MOST_BYTES);
  for (let at = 0; at < random.length; at += 65_536) {
    crypto.getRandomValues(random.subarray(at, at + 65_536));
  }
  const { code, message } = assertThrows(() => of(random), DeployError);
  assertEquals(code, "troupe.ComponentTooLarge");
  assertMatch(message, /split has 2\.0 MiB, and 2\.0 MiB compressed; a ConfigMap holds 1\.0 MiB/);
  assertStringIncludes(message, "--registry");
});
