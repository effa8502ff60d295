import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { lacksRegistry, RegistryServer } from "@troupe/tests/servers/registry";
import { RegistryError } from "../oci/errors.ts";
import { pushComponent } from "../oci/push.ts";
import { actor } from "./_testing/components.ts";
import { temporaryFolder } from "./_testing/temporary_folder.ts";
import { digestOf } from "./digest.ts";
import { prepareComponent } from "./prepare.ts";

Deno.test({
  name: "a component out of a registry",
  ignore: lacksRegistry(),
  async fn(t) {
    await using registry = await RegistryServer.start();
    await using folder = await temporaryFolder();
    const cacheDir = join(folder.path, "cache");
    const manifests = join(cacheDir, "manifests");
    const bytes = await actor();
    const push = async (exports: string[]) => {
      const world = { imports: [], exports };
      return (await pushComponent({ reference: `${registry.name}/a`, bytes, world })).reference;
    };
    const reference = await push(["handle"]);
    /** What is prepared of it, what it is warned of, and what the registry is asked. */
    const prepare = async (from = reference, to = cacheDir) => {
      const before = (await registry.requests()).length;
      const warnings: string[] = [];
      const { digest } = await prepareComponent({ kind: "oci", reference: from }, {
        cacheDir: to,
        grants: { route: [] },
        onWarning: (message) => warnings.push(message),
      });
      assertEquals(digest, await digestOf(bytes));
      const asked = (await registry.requests()).slice(before).map((line) =>
        line.replace(/^GET .*\/(manifests|blobs)\/.*/, "$1")
      );
      return { warnings, asked };
    };
    const file = join(manifests, `${reference.split(":").at(-1)}.json`);

    await t.step("is pulled once", async () => {
      assertEquals(await prepare(), { warnings: [], asked: ["manifests", "blobs"] });
      assertEquals(await prepare(), { warnings: [], asked: [] });
    });
    await t.step("is the same under another manifest", async () => {
      const other = await push(["handle", "init"]);
      assertEquals(await prepare(other), { warnings: [], asked: ["manifests"] });
    });
    await t.step("is asked for again where what was kept is not what was written", async () => {
      await Deno.writeTextFile(file, "{}");
      const { warnings, asked } = await prepare();
      assertEquals([warnings.length, asked], [1, ["manifests"]]);
      assertStringIncludes(warnings[0] ?? "", `${file} is not what was written`);
      assertEquals(await prepare(), { warnings: [], asked: [] });
    });
    await t.step("can be used where nothing can be kept", async () => {
      const unwritable = join(folder.path, "unwritable");
      await Deno.mkdir(unwritable);
      await Deno.writeTextFile(join(unwritable, "manifests"), "a file");
      const { warnings, asked } = await prepare(reference, unwritable);
      assertEquals(asked, ["manifests", "blobs"]);
      assertStringIncludes(warnings[0] ?? "", "cannot be read, and is pulled anew");
      assertStringIncludes(warnings[1] ?? "", "cannot be kept");
    });
    await t.step("leaves nothing half-written", async () => {
      const names = (await Array.fromAsync(Deno.readDir(manifests))).map(({ name }) => name);
      assertEquals(names.every((name) => /^[0-9a-f]{64}\.json$/.test(name)), true, names.join());
    });
    await t.step("that is another than the reference says is not prepared", async () => {
      const { code } = await assertRejects(
        () => prepare(`${registry.name}/a@sha256:${"0".repeat(64)}`),
        RegistryError,
      );
      assertEquals(code, "troupe.ArtifactNotFound");
    });
  },
});
