import { assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { ControllerMetrics } from "./metrics.ts";

Deno.test("docs/controller.md lists every metric, and no other", async () => {
  const page = await Deno.readTextFile(fromFileUrl(new URL("../../docs/controller.md", import.meta.url)));
  const { text } = await new ControllerMetrics().render();
  const there = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name).sort();
  assertEquals([...page.matchAll(/`(troupe_controller_\w+)`/g)].map(([, name]) => name).sort(), there);
});

Deno.test("actors are counted by whether they are ready, and no more when nobody acts", async () => {
  const metrics = new ControllerMetrics();
  const actor = (status?: string) => ({
    apiVersion: "troupe.dev/v1alpha1",
    kind: "Actor",
    metadata: { name: "a" },
    ...(status === undefined ? {} : {
      status: {
        conditions: [{
          type: "Ready",
          status,
          reason: "R",
          message: "m",
          lastTransitionTime: "2026-01-01T00:00:00Z",
        }],
      },
    }),
  });
  const actors = [actor("True"), actor("True"), actor("False"), actor()];
  metrics.watch({ queue: { size: 2, failing: 1 }, actors: { list: () => actors } });
  const { text } = await metrics.render();
  for (
    const line of [
      'actors{ready="True"} 2',
      'actors{ready="False"} 1',
      'actors{ready="Unknown"} 1',
      "queue_length 2",
      "failing 1",
    ]
  ) assertStringIncludes(text, `troupe_controller_${line}\n`);
  metrics.watch(undefined);
  assertEquals((await metrics.render()).text.includes("troupe_controller_actors{"), false);
});
