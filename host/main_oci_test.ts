// Processes of an actor whose component is in a registry.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { lacksRegistry, REGISTRY_USER, RegistryServer } from "@troupe/tests/servers/registry";
import { envelopeText, read } from "./_host_testing.ts";
import { MainProcess } from "./_main_process_testing.ts";
import { type Bench, take, utf8, withBench } from "./_testing.ts";
import { makeCertificate } from "./component/_testing/certificate.ts";
import { pushComponent } from "./oci/push.ts";
import { watComponent } from "./stage/_testing.ts";
import type { Delivery } from "./transport/transport.ts";

const ECHO = { handle: "(call $return (local.get $at) (local.get $length))" };

interface Given {
  readonly bench: Bench;
  readonly registry: RegistryServer;
  /** Of the component: `REGISTRY/a@sha256:…`. */
  readonly reference: string;
  /** The folder of a `config.json`, as a pod has its pull secret. */
  readonly signedIn: Record<string, string>;
  /** Arguments for a host of another component, or with a cache of its own. */
  start(options?: { readonly cache?: string; readonly oci?: string }): Promise<string[]>;
}

function test(name: string, run: (given: Given) => Promise<void>): void {
  Deno.test({
    name,
    ignore: lacksRegistry(),
    async fn() {
      await using registry = await RegistryServer.start({ auth: "password" });
      await withBench({ queues: [] }, async (bench) => {
        const { folder } = bench;
        const { reference } = await pushComponent({
          reference: `${registry.name}/shop/a`,
          bytes: await watComponent(ECHO),
          world: { imports: [], exports: ["handle"] },
          credentials: { kind: "password", ...REGISTRY_USER, from: "the test" },
        });
        await Deno.mkdir(join(folder, "registry"));
        const config = { auths: { [registry.name]: REGISTRY_USER } };
        await Deno.writeTextFile(join(folder, "registry/config.json"), JSON.stringify(config));
        const start = async ({ cache = "cache", oci = reference } = {}) => {
          await writeSpec(folder, oci);
          const transport = `embedded:${join(folder, "queues.db")}`;
          return [join(folder, "actor.yaml"), "--transport", transport, "--cache", join(folder, cache)];
        };
        const signedIn = { DOCKER_CONFIG: join(folder, "registry") };
        await run({ bench, registry, reference, signedIn, start });
      });
    },
  });
}

async function writeSpec(folder: string, oci: string): Promise<void> {
  const spec = {
    apiVersion: "troupe.dev/v1alpha1",
    kind: "Actor",
    metadata: { name: "a" },
    spec: { component: { oci } },
  };
  await Deno.writeTextFile(join(folder, "actor.yaml"), JSON.stringify(spec));
}

/** One hop, by a host that is started for it. */
async function hop(
  bench: Bench,
  { id, args, env }: { id: string; args: string[]; env: Record<string, string> },
) {
  const { transport } = bench;
  await using host = new MainProcess(args, env);
  await host.line("it runs");
  await transport.publish([{ queue: "a", body: utf8(envelopeText(id, { next: [], payload: { n: 7 } })) }]);
  const [delivery] = await take(transport, "x-sink", 1);
  const result = read(delivery as Delivery);
  assertEquals([result.id, result.status?.phase, result.payload], [id, "succeeded", '{"n":7}']);
  await delivery?.settle([]);
  host.kill("SIGTERM");
  const { code, stderr } = await host.end();
  assertEquals(code, 0, stderr);
}

/** What keeps a host from starting. */
async function refusal(args: string[], env: Record<string, string>): Promise<string> {
  await using host = new MainProcess(args, env);
  const { code, stderr } = await host.end();
  assertEquals(code, 1, stderr);
  assert(!stderr.includes(REGISTRY_USER.password) && !stderr.includes("geheim"), stderr);
  return stderr;
}

test("a host pulls its component as the pull secret says, and starts again without the registry", async ({ bench, registry, signedIn, start }) => {
  await hop(bench, { id: "1", args: await start(), env: signedIn });
  const asked = await registry.requests();
  assertEquals(asked.filter((line) => line.endsWith(" 200")).length, 2, asked.join("\n"));
  await registry.kill9();
  await hop(bench, { id: "2", args: await start(), env: { DOCKER_CONFIG: "" } });
});

test("a host that cannot have its component says why, and starts once it can", async ({ bench, registry, reference, signedIn, start }) => {
  const nobody = { DOCKER_CONFIG: join(bench.folder, "none") };
  assertStringIncludes(await refusal(await start(), nobody), "troupe.RegistryDenied: ");
  const stranger = { ...REGISTRY_USER, password: "geheim" };
  await Deno.mkdir(join(bench.folder, "stranger"));
  await Deno.writeTextFile(
    join(bench.folder, "stranger/config.json"),
    JSON.stringify({ auths: { [registry.name]: stranger } }),
  );
  const wrong = { DOCKER_CONFIG: join(bench.folder, "stranger") };
  assertStringIncludes(await refusal(await start(), wrong), "troupe.RegistryDenied: ");

  const other = reference.replace(/.{4}$/, (end) => end === "0000" ? "1111" : "0000");
  assertStringIncludes(await refusal(await start({ oci: other }), signedIn), "troupe.ArtifactNotFound: ");

  // What the registry keeps is damaged: another component would be run.
  await damageBlobs(registry);
  assertStringIncludes(await refusal(await start(), signedIn), "troupe.DigestMismatch: ");
  await damageBlobs(registry);

  await registry.kill9();
  assertStringIncludes(
    await refusal(await start({ cache: "cold" }), signedIn),
    "troupe.RegistryUnreachable: ",
  );

  await using waiting = new MainProcess(await start({ cache: "cold" }), signedIn);
  await waiting.line("is asked again");
  await registry.restart();
  await waiting.line("it runs");
});

/** Flips a bit of everything that is WebAssembly; a second time, it is as it was. */
async function damageBlobs({ folder }: RegistryServer): Promise<void> {
  for await (const file of files(join(folder, "data"))) {
    if (!file.endsWith("/data")) continue;
    const bytes = await Deno.readFile(file);
    if (bytes[0] !== 0) continue;
    bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
    await Deno.writeFile(file, bytes);
  }
}

async function* files(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* files(join(folder, name));
    else yield join(folder, name);
  }
}

Deno.test({
  name:
    "a registry of one's own authority is trusted where DENO_CERT names it, and speaks no plain HTTP elsewhere",
  ignore: lacksRegistry(),
  async fn() {
    const { key, cert, authority } = makeCertificate();
    await using registry = await RegistryServer.start({ certificate: { key, cert } });
    await using plain = await RegistryServer.start();
    await withBench({ queues: [] }, async (bench) => {
      const { folder } = bench;
      const component = { bytes: await watComponent(ECHO), world: { imports: [], exports: ["handle"] } };
      const { reference } = await pushComponent({
        reference: `${registry.name}/a`,
        caCerts: [authority],
        ...component,
      });
      await Deno.writeTextFile(join(folder, "ca.pem"), authority);
      const args = [
        join(folder, "actor.yaml"),
        "--transport",
        `embedded:${join(folder, "queues.db")}`,
        "--cache",
      ];
      const cache = join(folder, "cache");
      await writeSpec(folder, reference);
      const stderr = await refusal([...args, cache], {});
      assertStringIncludes(stderr, "troupe.RegistryUnreachable: ");
      assertStringIncludes(stderr, "DENO_CERT");
      await hop(bench, { id: "1", args: [...args, cache], env: { DENO_CERT: join(folder, "ca.pem") } });

      // The same machine, by a name that docker would not take for it either.
      await writeSpec(folder, reference.replace(registry.name, `127.1:${plain.port}`));
      assertStringIncludes(
        await refusal([...args, join(folder, "cold")], {}),
        "it does not seem to speak TLS",
      );
    });
  },
});
