// Another client of registries pulls what is pushed here, and the other way around.

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { lacks } from "@troupe/tests/require";
import { lacksRegistry, REGISTRY_USER, RegistryServer } from "@troupe/tests/servers/registry";
import { temporaryFolder } from "../component/_testing/temporary_folder.ts";
import type { RegistryCredentials } from "./credentials.ts";
import { dockerCredentials } from "./docker_config.ts";
import { RegistryError } from "./errors.ts";
import { pullComponent } from "./pull.ts";
import { pushComponent } from "./push.ts";
import { parseReference } from "./reference.ts";

const ignore = lacksRegistry() || lacks("oras", "go install oras.land/oras/cmd/oras@v1.3.6");
const BYTES = new Uint8Array(100_000).map((_, i) => i * 3);
const WORLD = { imports: [], exports: ["handle"] };
const ADA: RegistryCredentials = { kind: "password", ...REGISTRY_USER, from: "x" };

Deno.test({
  name: "oras and this client, at the same registry",
  ignore,
  async fn(t) {
    await using registry = await RegistryServer.start({ auth: "password" });
    await using other = await RegistryServer.start();
    await using folder = await temporaryFolder();
    const cwd = folder.path;
    const oras = async (...args: string[]): Promise<string> => {
      const { success, stdout, stderr } = await new Deno.Command("oras", {
        args,
        cwd,
        clearEnv: true,
        env: { HOME: cwd, DOCKER_CONFIG: cwd, PATH: Deno.env.get("PATH") ?? "" },
      }).output();
      if (!success) throw new Error(`oras ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
      return new TextDecoder().decode(stdout);
    };
    const { username, password } = REGISTRY_USER;
    await oras("login", registry.name, "--plain-http", "-u", username, "-p", password);
    await Deno.writeFile(join(cwd, "component.wasm"), BYTES);
    await Deno.writeTextFile(join(cwd, "config.json.wasm"), "{}");
    const name = `${registry.name}/shop/split`;

    await t.step("its sign-in is understood", async () => {
      const found = await dockerCredentials(parseReference(name), join(cwd, "config.json"));
      assertEquals(found?.kind === "password" && found.password, password);
    });
    await t.step("it pulls what was pushed here", async () => {
      const { reference } = await pushComponent({
        reference: `${name}:v1`,
        bytes: BYTES,
        world: WORLD,
        credentials: ADA,
      });
      await oras("pull", "--plain-http", reference, "-o", "pulled");
      assertEquals(await Deno.readFile(join(cwd, "pulled/component.wasm")), BYTES);
    });
    await t.step("it copies it to another registry, under the same digest", async () => {
      await oras("cp", "--from-plain-http", "--to-plain-http", `${name}:v1`, `${other.name}/copied:v1`);
      const { digest } = await pushComponent({
        reference: name,
        bytes: BYTES,
        world: WORLD,
        credentials: ADA,
      });
      const { bytes } = await pullComponent({ reference: `${other.name}/copied@${digest}` });
      assertEquals(bytes, BYTES);
    });
    const theirs: [string, string[]][] = [
      ["as the convention has it", ["--config", "config.json.wasm:application/vnd.wasm.config.v0+json"]],
      ["as an artifact of another type", ["--artifact-type", "application/x-mine"]],
    ];
    for (const [how, options] of theirs) {
      await t.step(`what it pushes ${how} is pulled`, async () => {
        const to = `${registry.name}/theirs:${options.length}${options[0]?.length}`;
        const said = await oras(
          "push",
          "--plain-http",
          "--format",
          "json",
          to,
          ...options,
          "component.wasm:application/wasm",
        );
        const { digest } = JSON.parse(said);
        const { bytes, reference } = await pullComponent({ reference: to, credentials: ADA });
        assertEquals(bytes, BYTES);
        assertEquals(reference, `${registry.name}/theirs@${digest}`);
      });
    }
    await t.step("what it pushes of other files is no component", async () => {
      const to = `${registry.name}/theirs:other`;
      await oras("push", "--plain-http", to, "config.json.wasm:text/plain");
      const { code, message } = await assertRejects(
        () => pullComponent({ reference: to, credentials: ADA }),
        RegistryError,
      );
      assertEquals(code, "troupe.NotAComponentArtifact");
      assertStringIncludes(message, '"text/plain"');
    });
  },
});
