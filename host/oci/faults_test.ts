// A real registry that is in trouble, or of which something changes what it says.

import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { lacksRegistry, RegistryServer } from "@troupe/tests/servers/registry";
import { type Tamper, tamperingProxy } from "./_testing/tampering_proxy.ts";
import { RegistryError, type RegistryErrorCode } from "./errors.ts";
import { pullComponent, type PullOptions } from "./pull.ts";
import { pushComponent } from "./push.ts";

const ignore = lacksRegistry();
const WORLD = { imports: [], exports: ["handle"] };
const BYTES = new Uint8Array(200_000).map((_, i) => i * 7);
const atOnce = () => Promise.resolve();

async function failing(run: () => Promise<unknown>, code: RegistryErrorCode): Promise<string> {
  const error = await assertRejects(run, RegistryError);
  assertEquals(error.code, code, error.message);
  return error.message;
}

const isBlob = ({ url, method }: Request) => method === "GET" && url.includes("/blobs/");
const isManifest = ({ url, method }: Request) => method === "GET" && url.includes("/manifests/");

Deno.test({
  name: "a registry that goes away and comes again",
  ignore,
  async fn(t) {
    await using registry = await RegistryServer.start();
    const { reference } = await pushComponent({
      reference: `${registry.name}/a`,
      bytes: BYTES,
      world: WORLD,
    });
    await t.step("killed", async () => {
      await registry.kill9();
      const message = await failing(
        () => pullComponent({ reference, pause: atOnce }),
        "troupe.RegistryUnreachable",
      );
      assertMatch(message, /refused/i);
    });
    await t.step("started while it is asked", async () => {
      const pause = () => registry.restart();
      const { bytes } = await (async () => {
        await registry.kill9();
        return await pullComponent({ reference, pause });
      })();
      assertEquals(bytes, BYTES);
    });
    await t.step("frozen", async () => {
      registry.freeze();
      const message = await failing(
        () => pullComponent({ reference, timeoutMs: 300 }),
        "troupe.RegistryUnreachable",
      );
      assertStringIncludes(message, "it took more than 0.3 s");
    });
    await t.step("which goes on between two attempts", async () => {
      const pause = () => Promise.resolve(registry.resume());
      const { bytes } = await pullComponent({ reference, patienceMs: 100, pause });
      assertEquals(bytes, BYTES);
    });
  },
});

Deno.test({
  name: "answers that were changed on the way",
  ignore,
  async fn(t) {
    await using registry = await RegistryServer.start();
    await using proxy = tamperingProxy(registry.name);
    const { reference } = await pushComponent({ reference: `${proxy.name}/a`, bytes: BYTES, world: WORLD });
    const pull = async (tamper: Tamper, more: Partial<PullOptions> = {}) => {
      proxy.tamper = tamper;
      return await pullComponent({ reference, pause: atOnce, ...more });
    };
    const change =
      (which: (request: Request) => boolean, how: (bytes: Uint8Array<ArrayBuffer>) => BodyInit): Tamper =>
      async (request, answer) => which(request) ? new Response(how(await answer.bytes())) : answer;
    const flip = (bytes: Uint8Array<ArrayBuffer>) => bytes.with(100, (bytes[100] as number) ^ 1);

    await t.step("none", async () => assertEquals((await pull((_, answer) => answer)).bytes, BYTES));
    await t.step("a bit of the component", async () => {
      const message = await failing(() => pull(change(isBlob, flip)), "troupe.DigestMismatch");
      assertStringIncludes(message, "The component of");
    });
    await t.step("a bit of the manifest", async () => {
      const message = await failing(() => pull(change(isManifest, flip)), "troupe.DigestMismatch");
      assertStringIncludes(message, "The manifest of");
    });
    await t.step("a manifest of something else, under its own digest", async () => {
      const other = await pushComponent({
        reference: `${registry.name}/a`,
        bytes: BYTES.with(0, 9),
        world: WORLD,
      });
      const theirs = await (await fetch(`http://${registry.name}/v2/a/manifests/${other.digest}`)).bytes();
      await failing(() => pull(change(isManifest, () => theirs)), "troupe.DigestMismatch");
    });
    await t.step("a part of the component missing", async () => {
      await failing(() => pull(change(isBlob, (bytes) => bytes.slice(0, -1))), "troupe.DigestMismatch");
    });
    await t.step("more than the component has", async () => {
      const longer = (bytes: Uint8Array<ArrayBuffer>) => new Blob([bytes, "x"]);
      await failing(() => pull(change(isBlob, longer)), "troupe.TooLarge");
    });
    await t.step("a manifest without end", async () => {
      const endless = () => new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(65_536)) });
      const message = await failing(() => pull(change(isManifest, endless)), "troupe.TooLarge");
      assertStringIncludes(message, "more than 4194304 bytes");
    });
    await t.step("a component that breaks off, once", async () => {
      let times = 0;
      const { bytes } = await pull(async (request, answer) => {
        if (!isBlob(request) || times++ > 0) return answer;
        const all = await answer.bytes();
        // Fewer bytes than it says: the connection is closed before the last.
        const part = new ReadableStream({
          start(stream) {
            stream.enqueue(all.slice(0, 1000));
            stream.close();
          },
        });
        return new Response(part, { headers: { "content-length": `${all.length}` } });
      });
      assertEquals([bytes, times], [BYTES, 2]);
    });
    await t.step("too many questions, for a moment", async () => {
      const left = new Map([["manifests", 2], ["blobs", 1]]);
      const pauses: number[] = [];
      const { bytes } = await pull((request, answer) => {
        const kind = isBlob(request) ? "blobs" : "manifests";
        const times = left.get(kind) ?? 0;
        left.set(kind, times - 1);
        return times > 0 ? new Response(null, { status: 429, headers: { "retry-after": "3" } }) : answer;
      }, {
        pause: (ms) => {
          pauses.push(ms);
          return Promise.resolve();
        },
      });
      assertEquals([bytes, pauses], [BYTES, [3000, 3000, 3000]]);
    });
    await t.step("an upload that the registry has forgotten, which is begun anew", async () => {
      let uploads = 0;
      proxy.tamper = (request, answer) => {
        if (request.method !== "PUT" || !request.url.includes("/blobs/uploads/") || uploads++ > 0) {
          return answer;
        }
        return new Response(null, { status: 404 });
      };
      const bytes = BYTES.with(0, 11);
      const pushed = await pushComponent({ reference: `${proxy.name}/b`, bytes, world: WORLD });
      assertEquals((await pullComponent({ reference: pushed.reference })).bytes, bytes);
    });
    await t.step("a manifest that the registry keeps in another form", async () => {
      proxy.tamper = (request, answer) =>
        request.method !== "PUT" || !request.url.includes("/manifests/") ? answer : new Response(null, {
          status: 201,
          headers: { "docker-content-digest": `sha256:${"0".repeat(64)}` },
        });
      const push = () => pushComponent({ reference: `${proxy.name}/c`, bytes: BYTES, world: WORLD });
      await failing(push, "troupe.DigestMismatch");
    });
    await t.step("a registry that takes no such types", async () => {
      const errors = [{ code: "MANIFEST_INVALID", message: "unknown media type" }];
      proxy.tamper = (request, answer) =>
        request.method === "PUT" && request.url.includes("/manifests/")
          ? Response.json({ errors }, { status: 400 })
          : answer;
      const push = () => pushComponent({ reference: `${proxy.name}/d`, bytes: BYTES, world: WORLD });
      const message = await failing(push, "troupe.RegistryRefused");
      assertStringIncludes(
        message,
        "does not take the manifest (status 400, MANIFEST_INVALID: unknown media type)",
      );
    });
  },
});
