// x-pause, x-resume and x-join as a cluster runs them: each a process of its own, two of each, on one store.

import { assertEquals } from "@std/assert";
import { writeAnswer } from "@troupe/host/crew/answer";
import { join } from "@std/path";
import { MainProcess } from "../../host/_main_process_testing.ts";
import { unlessStuck } from "../../host/_testing.ts";
import { eventually, WaitingMesh } from "./_waiting_mesh.ts";

const MEMBERS = ["x-pause", "x-resume", "x-join"];
const SLICES = 12;

Deno.test("two processes of each do what one does: each answer counts once, each fan-out is joined once", async () => {
  await using mesh = await WaitingMesh.start({ without: MEMBERS });
  await using processes = new AsyncDisposableStack();
  const all = [...MEMBERS, ...MEMBERS].map((name) =>
    processes.use(
      new MainProcess([name, "--transport", mesh.address, "--store", join(mesh.folder, "results.db")]),
    )
  );
  await unlessStuck((async () => {
    await Promise.all(all.map((process) => process.line("it runs")));
    const payload = Array.from({ length: SLICES }, (_, i) => ({ i }));
    const ids = ["a", "b", "c"];
    await mesh.send(...ids.map((id) => ({ id, route: "spread,x-pause,x-join,end", payload })));
    const parked = await eventually("all that wait", async () => {
      const { items } = await mesh.store.parking.waiting();
      return items.length === ids.length * SLICES ? items : undefined;
    });
    // Two people answer each of them at once, in different ways.
    await mesh.transport.publish(
      parked.flatMap(({ key }) =>
        ["true", "false"].map((ok) => ({
          queue: "x-resume",
          body: writeAnswer({ to: key, token: crypto.randomUUID(), answer: `{"ok":${ok}}` }),
        }))
      ),
    );
    for (const id of ids) {
      const { payload, repeats, conflicts } = await mesh.result(id);
      const parts = JSON.parse(payload) as { i: number; ok: boolean }[];
      assertEquals(
        parts.map(({ i, ok }) => [i, typeof ok]),
        Array.from({ length: SLICES }, (_, i) => [i, "boolean"]),
      );
      assertEquals([repeats, conflicts], [0, 0]);
    }
    await mesh.idle();
    assertEquals((await mesh.dead()).map(({ reason }) => reason), parked.map(() => "troupe.AlreadyAnswered"));
    assertEquals([(await mesh.results()).length, mesh.ran.end?.length], [ids.length, ids.length]);
    for (const process of all) process.kill("SIGTERM");
    assertEquals(
      (await Promise.all(all.map((process) => process.end()))).map(({ code }) => code),
      all.map(() => 0),
    );
  })());
});
