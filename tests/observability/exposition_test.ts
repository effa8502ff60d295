// What a mesh serves at /metrics, as Prometheus' own tool reads it.

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { METRICS } from "@troupe/host/observe/metrics";
import { TestMesh } from "../integration/_mesh_folder.ts";
import { UpProcess } from "../integration/_up_process.ts";
import { troupe, TroupeCommandError } from "../mesh_process.ts";
import { lacksPromtool, promtool } from "./_promtool.ts";

Deno.test({
  name: "promtool finds nothing wrong with what a mesh serves, and every metric is in it",
  ignore: lacksPromtool,
  async fn() {
    await using mesh = await TestMesh.make({
      work:
        'class Odd extends Error {}\nexport const handle = (n) => { if (n % 2) throw new Odd("odd"); return n; };\n',
    });
    await using up = new UpProcess([mesh.dir, "--metrics-port", "0"]);
    const [, address = ""] = await up.says(/metrics at (\S+)\/metrics/);
    await up.says(/^mesh is up/m);
    await troupe(["send", "work", "2", "--wait", "--data", mesh.data]);
    await assertRejects(
      () => troupe(["send", "work", "1", "--wait", "--data", mesh.data]),
      TroupeCommandError,
    );
    const text = await (await fetch(`${address}/metrics`)).text();
    const { ok, output } = await promtool(["check", "metrics"], text);
    assert(ok, output);
    assertEquals(output.trim(), "");
    for (const { name, type } of Object.values(METRICS)) {
      assertStringIncludes(text, `# TYPE ${name} ${type}\n`);
      assert(text.split("\n").some((line) => line.startsWith(name)), `${name} has no sample`);
    }
    assertStringIncludes(text, 'troupe_hop_failures_total{actor="work",type="Odd"} 1\n');
    assertStringIncludes(text, 'troupe_crew_records_total{member="x-sink",recorded="new"} 2\n');
    assertStringIncludes(text, "troupe_ready 1\n");
    up.kill("SIGTERM");
    assertEquals(await up.code, 0);
  },
});
