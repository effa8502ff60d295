// A mesh on a laptop whose actors are in a registry.

import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { troupe } from "../mesh_process.ts";
import { lacksRegistry, RegistryServer } from "../servers/registry.ts";
import { actorYaml, greet, TestMesh } from "./_mesh_folder.ts";
import { UpProcess } from "./_up_process.ts";

/** Pushes what a source is built to. @returns its reference */
async function push(
  mesh: TestMesh,
  { name, source, to }: { name: string; source: string; to: string },
): Promise<string> {
  await mesh.write(name, source);
  return (await troupe(["push", to, join(mesh.dir, name)])).trim();
}

const inRegistry = (name: string, reference: string) =>
  actorYaml(name).replace(/file: .*/, `oci: ${reference}`);

Deno.test({
  name:
    "an actor runs out of a registry, is changed by its reference, and needs the registry only for what is new",
  ignore: lacksRegistry(),
  async fn() {
    await using registry = await RegistryServer.start();
    await using mesh = await TestMesh.make({ near: greet("hello") });
    await using sources = await TestMesh.make({});
    const to = `${registry.name}/far`;
    const first = await push(sources, { name: "far", source: greet("good day"), to });
    const second = await push(sources, { name: "far", source: greet("good night"), to });
    await Deno.mkdir(join(mesh.dir, "far"));
    await mesh.writeYaml("far", inRegistry("far", first));
    const said = async (actor: string) => {
      const out = await troupe(["send", actor, '{"name":"Ada"}', "--wait", "--data", mesh.data]);
      return JSON.parse(out).payload.said;
    };

    await using up = new UpProcess([mesh.dir]);
    await up.says(/^mesh is up: 2 actors/m);
    assertEquals([await said("far"), await said("near")], ["good day, Ada", "hello, Ada"]);
    await up.saysAfter(/^far (was swapped|runs)/m, () => mesh.writeYaml("far", inRegistry("far", second)));
    assertEquals(await said("far"), "good night, Ada");
    up.kill("SIGINT");
    await up.code;

    // What has been pulled is there; what has not keeps only its own actor from running.
    await registry.kill9();
    await Deno.mkdir(join(mesh.dir, "gone"));
    await mesh.writeYaml("gone", inRegistry("gone", first.replace(/.{4}$/, "0123")));
    await using again = new UpProcess([mesh.dir]);
    await again.says(/gone.*cannot be asked/);
    assertEquals([await said("far"), await said("near")], ["good night, Ada", "hello, Ada"]);
    assertStringIncludes(again.output, registry.name);
  },
});
