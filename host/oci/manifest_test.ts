import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { ociDigest } from "./digest.ts";
import { RegistryError } from "./errors.ts";
import { componentLayer, makeArtifact } from "./manifest.ts";

const BYTES = new Uint8Array([0, 0x61, 0x73, 0x6d]);
const DIGEST = `sha256:${"ab".repeat(32)}`;
const encode = (value: unknown) =>
  new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
const decode = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes));

Deno.test("a component as an artifact is as the convention has it, and has always the same digest", async () => {
  const world = { imports: ["wasi:io/error@0.2.0", "a:b/c"], exports: ["init", "handle"] };
  const { digest, manifest, config, layer } = await makeArtifact(BYTES, world);
  const layerDigest = await ociDigest(BYTES);
  assertEquals(decode(config.bytes), {
    created: "1970-01-01T00:00:00Z",
    architecture: "wasm",
    os: "wasip2",
    layerDigests: [layerDigest],
    component: { exports: ["handle", "init"], imports: ["a:b/c", "wasi:io/error@0.2.0"] },
  });
  assertEquals(decode(manifest), {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: {
      mediaType: "application/vnd.wasm.config.v0+json",
      digest: await ociDigest(config.bytes),
      size: config.bytes.length,
    },
    layers: [{
      mediaType: "application/wasm",
      digest: layerDigest,
      size: 4,
      annotations: { "org.opencontainers.image.title": "component.wasm" },
    }],
  });
  assertEquals(digest, await ociDigest(manifest));
  assertEquals(layer.descriptor, componentLayer(manifest, "r/a"));
  // What is in a registry keeps its name only as long as this does not change.
  assertEquals(digest, "sha256:55ec1c92ed53afdf3c1a7697cda85184e4ebe96957734962432c5daab62e3c9f");
  const again = await makeArtifact(BYTES, {
    imports: world.imports.toReversed(),
    exports: world.exports.toReversed(),
  });
  assertEquals(again.digest, digest);
});

Deno.test("what is something else than one component is refused, and told what it is", async (t) => {
  const config = { mediaType: "application/vnd.wasm.config.v0+json", digest: DIGEST, size: 2 };
  const layer = (mediaType: string) => ({ mediaType, digest: DIGEST, size: 2 });
  const manifest = (...layers: object[]) => ({ schemaVersion: 2, config, layers });
  const cases: [string, unknown, string][] = [
    ["no JSON", "x", "no manifest of OCI"],
    ["another object", { a: 1 }, "no manifest of OCI"],
    ["an old version", { ...manifest(layer("application/wasm")), schemaVersion: 1 }, "no manifest of OCI"],
    [
      "another kind of digest",
      manifest({ ...layer("application/wasm"), digest: "md5:12" }),
      "no manifest of OCI",
    ],
    ["an index", { schemaVersion: 2, manifests: [] }, "an index of several artifacts"],
    ["an image", manifest(layer("application/vnd.oci.image.layer.v1.tar+gzip")), "a container image"],
    [
      "an image of docker",
      manifest(layer("application/vnd.docker.image.rootfs.diff.tar.gzip")),
      "a container image",
    ],
    ["no layer", manifest(), "an artifact with 0 layers"],
    ["two", manifest(layer("application/wasm"), layer("application/wasm")), "an artifact with 2 layers"],
    [
      "a chart",
      manifest(layer("text/plain")),
      'of the type "application/vnd.wasm.config.v0+json", with "text/plain"',
    ],
  ];
  for (const [name, document, said] of cases) {
    await t.step(name, () => {
      const { code, message } = assertThrows(() => componentLayer(encode(document), "r/a@x"), RegistryError);
      assertEquals(code, "troupe.NotAComponentArtifact");
      assertStringIncludes(message, "r/a@x is ");
      assertStringIncludes(message, said);
    });
  }
  await t.step("whatever it is", () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      const { code } = assertThrows(() => componentLayer(encode(text), "r/a"), RegistryError);
      assertEquals(code, "troupe.NotAComponentArtifact");
    }));
  });
  await t.step("what tools made before there was a convention is taken", () => {
    const old = layer("application/vnd.wasm.content.layer.v1+wasm");
    assertEquals(componentLayer(encode(manifest(old)), "r/a"), old);
  });
});
