// What is pushed to a real registry and pulled from it.

import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { lacksRegistry, REGISTRY_USER, RegistryServer } from "@troupe/tests/servers/registry";
import { makeCertificate } from "../component/_testing/certificate.ts";
import type { RegistryCredentials } from "./credentials.ts";
import { RegistryError } from "./errors.ts";
import { MEDIA_TYPES } from "./manifest.ts";
import { pullComponent } from "./pull.ts";
import { pushComponent, type PushOptions } from "./push.ts";

const ignore = lacksRegistry();
const WORLD = { imports: ["troupe:actor/failures@0.1.0"], exports: ["handle"] };
const ADA: RegistryCredentials = { kind: "password", ...REGISTRY_USER, from: "/a/config.json" };
const STRANGER: RegistryCredentials = { ...ADA, password: "hunter2" };

/** As large as components are, and unlike any other. */
function component(first: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(300_000).map((_, i) => i === 0 ? first : i * 7);
}

function push(reference: string, more: Partial<PushOptions> = {}) {
  return pushComponent({ reference, bytes: component(1), world: WORLD, ...more });
}

async function denied(run: () => Promise<unknown>): Promise<string> {
  const { code, message } = await assertRejects(run, RegistryError);
  assertEquals(code, "troupe.RegistryDenied");
  assertEquals(message.includes("hunter2") || message.includes(REGISTRY_USER.password), false);
  return message;
}

Deno.test({
  name: "a registry for anybody",
  ignore,
  async fn(t) {
    await using registry = await RegistryServer.start();
    const name = `${registry.name}/shop/split`;
    const pushed = await push(`${name}:v1`);
    await t.step("has what was pushed, by its digest", async () => {
      assertMatch(pushed.reference, /^127\.0\.0\.1:\d+\/shop\/split@sha256:[0-9a-f]{64}$/);
      assertEquals(pushed.existed, false);
      const pulled = await pullComponent({ reference: pushed.reference });
      assertEquals(pulled.bytes, component(1));
      assertEquals(pulled.reference, pushed.reference);
    });
    await t.step("and by its tag, which stands beside a digest for people only", async () => {
      assertEquals((await pullComponent({ reference: `${name}:v1` })).reference, pushed.reference);
      const both = `${name}:other@${pushed.digest}`;
      assertEquals((await pullComponent({ reference: both })).reference, pushed.reference);
    });
    await t.step("is told when it has it already, and is sent nothing", async () => {
      const before = (await registry.requests()).length;
      assertEquals(await push(`${name}:v1`), { ...pushed, existed: true });
      assertEquals(await push(name), { ...pushed, existed: true });
      assertEquals(await push(`${name}@${pushed.digest}`), { ...pushed, existed: true });
      const asked = (await registry.requests()).slice(before);
      assertEquals(asked.filter((line) => !line.startsWith("HEAD ")), []);
    });
    await t.step("is given another tag, without the component's being sent again", async () => {
      const before = (await registry.requests()).length;
      assertEquals(await push(`${name}:v2`), pushed);
      const asked = (await registry.requests()).slice(before).filter((line) => !line.startsWith("HEAD "));
      assertEquals(asked, ["PUT /v2/shop/split/manifests/v2 201"]);
    });
    await t.step("moves a tag to what was pushed last", async () => {
      const other = await push(`${name}:v1`, { bytes: component(2) });
      assertEquals((await pullComponent({ reference: `${name}:v1` })).reference, other.reference);
      assertEquals((await push(`${name}:v1`)).existed, false);
    });
    await t.step("is only asked by a dry run", async () => {
      const dry = await push(`${name}:v9`, { bytes: component(3), dryRun: true });
      assertEquals(dry.existed, false);
      for (const reference of [dry.reference, `${name}:v9`]) {
        const { code } = await assertRejects(() => pullComponent({ reference }), RegistryError);
        assertEquals(code, "troupe.ArtifactNotFound");
      }
      assertEquals((await push(`${name}:v9`, { bytes: component(3) })).reference, dry.reference);
    });
    await t.step("is not given something under another digest", async () => {
      const reference = `${name}@sha256:${"0".repeat(64)}`;
      const { code, message } = await assertRejects(() => push(reference), RegistryError);
      assertEquals(code, "troupe.DigestMismatch");
      assertStringIncludes(message, pushed.digest);
    });
    await t.step("is not asked for more than a component may have", async () => {
      const { code } = await assertRejects(
        () => pullComponent({ reference: pushed.reference, maxBytes: 299_999 }),
        RegistryError,
      );
      assertEquals(code, "troupe.TooLarge");
      await pullComponent({ reference: pushed.reference, maxBytes: 300_000 });
    });
    await t.step("may have an index under the name, which is no component", async () => {
      const { digest } = pushed;
      const length = (await (await fetch(`http://${registry.name}/v2/shop/split/manifests/${digest}`, {
        headers: { accept: MEDIA_TYPES.manifest },
      })).bytes()).length;
      const index = {
        schemaVersion: 2,
        mediaType: MEDIA_TYPES.index,
        manifests: [{ mediaType: MEDIA_TYPES.manifest, digest, size: length }],
      };
      const response = await fetch(`http://${registry.name}/v2/shop/split/manifests/all`, {
        method: "PUT",
        headers: { "content-type": MEDIA_TYPES.index },
        body: JSON.stringify(index),
      });
      await response.body?.cancel();
      assertEquals(response.status, 201);
      const { code, message } = await assertRejects(
        () => pullComponent({ reference: `${name}:all` }),
        RegistryError,
      );
      assertEquals(code, "troupe.NotAComponentArtifact");
      assertStringIncludes(message, "an index of several artifacts");
    });
  },
});

Deno.test({
  name: "a registry with passwords",
  ignore,
  async fn(t) {
    await using registry = await RegistryServer.start({ auth: "password" });
    const reference = `${registry.name}/shop/split:v1`;
    await t.step("takes the right one", async () => {
      const pushed = await push(reference, { credentials: ADA });
      const pulled = await pullComponent({ reference: pushed.reference, credentials: ADA });
      assertEquals(pulled.bytes, component(1));
    });
    await t.step("denies whoever has another", async () => {
      const message = await denied(() => pullComponent({ reference, credentials: STRANGER }));
      assertStringIncludes(message, "the credentials out of /a/config.json");
    });
    await t.step("denies nobody in particular", async () => {
      assertStringIncludes(await denied(() => pullComponent({ reference })), "sign in");
      await denied(() => push(reference, { bytes: component(2) }));
    });
  },
});

Deno.test({
  name: "a registry with tokens",
  ignore,
  async fn(t) {
    await using registry = await RegistryServer.start({ auth: "token" });
    const tokens = registry.tokens;
    assert(tokens);
    const name = `${registry.name}/shop/split`;
    const ask = async <T>(run: () => Promise<T>): Promise<[T, string[]]> => {
      tokens.asked.length = 0;
      return [await run(), [...tokens.asked]];
    };
    const [pushed, asked] = await ask(() => push(`${name}:v1`, { credentials: ADA }));
    await t.step("is pushed to with one token for all of it", () => {
      assertEquals(asked, ["GET ada repository:shop/split:pull,push"]);
    });
    await t.step("lets anybody read", async () => {
      const [{ bytes }, asked] = await ask(() => pullComponent({ reference: pushed.reference }));
      assertEquals(bytes, component(1));
      assertEquals([...new Set(asked)], ["GET nobody repository:shop/split:pull"]);
    });
    await t.step("takes the token that a sign-in left behind", async () => {
      const token: RegistryCredentials = { kind: "identity-token", token: tokens.identityToken, from: "x" };
      const [{ existed }, asked] = await ask(() =>
        push(`${name}:v2`, { credentials: token, bytes: component(2) })
      );
      assertEquals([existed, asked], [false, ["POST ada repository:shop/split:pull,push"]]);
    });
    await t.step("lets nobody in particular write", async () => {
      assertStringIncludes(
        await denied(() => push(name, { bytes: component(3) })),
        "read and write shop/split",
      );
    });
    await t.step("gives strangers nothing", async () => {
      const message = await denied(() =>
        pullComponent({ reference: pushed.reference, credentials: STRANGER })
      );
      assertStringIncludes(message, "UNAUTHORIZED: who are you");
    });
  },
});

Deno.test({
  name: "a registry whose authority is one's own",
  ignore,
  async fn() {
    const { key, cert, authority } = makeCertificate();
    await using registry = await RegistryServer.start({ certificate: { key, cert } });
    const reference = `${registry.name}/shop/split`;
    const pushed = await push(reference, { caCerts: [authority] });
    await pullComponent({ reference: pushed.reference, caCerts: [authority] });
    const { code, message } = await assertRejects(
      () => pullComponent({ reference: pushed.reference }),
      RegistryError,
    );
    assertEquals(code, "troupe.RegistryUnreachable");
    assertStringIncludes(message, "DENO_CERT");
  },
});
