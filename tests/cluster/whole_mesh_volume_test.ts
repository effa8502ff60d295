// A mesh in a cluster whose crew has no database: its members are the containers of one pod of a StatefulSet, and record in a
// file on its volume. As in whole_mesh_test.ts, which says what is real and what is not; and nobody provides volumes: one is
// there already, which is a folder.

import { assert, assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { isRequired } from "../require.ts";
import { lacksPostgres } from "../servers/postgres.ts";
import { lacksRabbitmq } from "../servers/rabbitmq.ts";
import { lacksRegistry } from "../servers/registry.ts";
import { textOf } from "./_meshes_testing.ts";
import { expected, SHOP, startWholeMesh, type WholeMesh } from "./_whole_mesh.ts";
import { lacksKeda } from "./binary.ts";

const isRoot = Deno.build.os === "linux" && Deno.uid() === 0;
if (!isRoot && !isRequired("cluster")) console.error("skipped: only root can make a root for a process");
const skipped = (!isRoot && !isRequired("cluster")) || await lacksKeda() || lacksRabbitmq() ||
  lacksPostgres() || lacksRegistry();

const SENT = 40;
const PATIENCE_MS = 120_000;
const MEMBERS = ["x-sink", "x-sump", "x-pause", "x-resume", "x-join"];

const crewOf = ({ node }: WholeMesh) => {
  const [crew, ...more] = node.of("troupe-crew-shop");
  assert(crew && more.length === 0, "there is one pod, and no second one");
  return crew;
};

/** What is in a copy of the records, which is made as docs/install.md says. */
async function results(mesh: WholeMesh): Promise<string[]> {
  const page = await Deno.readTextFile(fromFileUrl(new URL("../../docs/install.md", import.meta.url)));
  const [, script = ""] = /deno eval '([^']+)' > crew\.db/.exec(page) ?? [];
  const sink = crewOf(mesh).container("x-sink");
  assert(sink);
  const copy = join(mesh.dir, "crew.db");
  await Deno.writeFile(copy, await sink.exec(["/usr/bin/deno", "eval", script]));
  const listed = await mesh.troupe("results", "--json", "--store", copy);
  assertEquals(listed.code, 0, listed.stderr);
  return listed.stdout.split("\n").filter(Boolean).map((line) => JSON.stringify(JSON.parse(line).payload));
}

Deno.test({
  name: "cluster: a whole mesh whose crew records in a file on a volume",
  ignore: skipped,
  // Connections of the administrator.
  sanitizeResources: false,
  async fn() {
    await using stack = new AsyncDisposableStack();
    const mesh = await startWholeMesh(stack, { store: false });
    const { node, dir, inCluster, troupe, broker, registry } = mesh;
    const deployed = await inCluster(
      ...["deploy", dir, "--registry", `${registry.name}/shop`, "--pull-secret", "registry"],
    );
    assertEquals(deployed.code, 0, textOf(deployed) + node.tails());
    for (const member of MEMBERS) assert(crewOf(mesh).container(member)?.ready, member);

    const file = join(dir, "payloads.jsonl");
    const numbers = Array.from({ length: SENT }, (_, n) => n);
    await Deno.writeTextFile(file, numbers.map((n) => `{"n":${n}}\n`).join(""));
    const transport = broker.address({ namespace: SHOP });
    const sent = await troupe("send", "split,score", "--file", file, "--transport", transport);
    assertEquals(sent.code, 0, sent.stderr);
    await node.until(() => node.of("score").some(({ ready }) => ready), {
      what: "score is ready",
      patienceMs: PATIENCE_MS,
    });
    // All of its processes at once, as when a node is lost; the volume is not.
    await crewOf(mesh).kill9();
    await node.until(() => crewOf(mesh).ready, { what: "the crew is ready again", patienceMs: PATIENCE_MS });
    assertEquals(crewOf(mesh).restarts, MEMBERS.length);

    let found = await results(mesh);
    for (const end = performance.now() + PATIENCE_MS; found.length < 2 * SENT && performance.now() < end;) {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      found = await results(mesh);
    }
    assertEquals(found.sort(), numbers.flatMap(expected).sort());

    const removed = await inCluster("undeploy", dir, "--all", "--crd", "--yes");
    assertEquals(removed.code, 0, textOf(removed));
    await node.until(() => node.size === 0, { what: "no pod is left", patienceMs: PATIENCE_MS });
    const claim = { apiVersion: "v1", kind: "PersistentVolumeClaim", namespace: "troupe-system" };
    assert(await mesh.site.client.find({ ...claim, name: "data-troupe-crew-shop-0" }), "records stay");
  },
});
