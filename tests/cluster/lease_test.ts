// Leases against a real API server: one of two leads, and never both.

import { assert, assertEquals } from "@std/assert";
import { KubeClient, type KubeError, whileLeading } from "@troupe/controller/kube";
import { TcpProxy } from "../servers/tcp_proxy.ts";
import { coming } from "./_client_testing.ts";
import { lacksControlPlane } from "./binary.ts";
import { clusterTests } from "./cluster_tests.ts";
import { ControlPlane } from "./control_plane.ts";

if (!await lacksControlPlane()) {
  const control = await ControlPlane.start();
  Deno.test.afterAll(() => control.stop());
  const test = clusterTests(control);

  test("one of two leads, and when it gives up the other does at once", async (t) => {
    const { client, namespace } = t;
    const replica = async (identity: string) => {
      const file = await control.adminThrough(control.port);
      const own = await KubeClient.open({ file });
      const leading = coming<void>(`${identity} leading`);
      const end = new AbortController();
      let isLeading = false;
      const running = whileLeading(
        { client: own, name: "troupe", namespace, identity, durationSeconds: 3, renewMs: 500, retryMs: 200 },
        async (signal) => {
          isLeading = true;
          leading.resolve();
          await new Promise((resolve) => signal.addEventListener("abort", resolve));
          isLeading = false;
        },
        end.signal,
      );
      return {
        leading: leading.promise,
        isLeading: () => isLeading,
        end: async () => {
          end.abort();
          await running;
          await own[Symbol.asyncDispose]();
        },
      };
    };
    const ref = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", name: "troupe", namespace };
    const holder = async () => ((await client.get(ref)).spec as { holderIdentity: string }).holderIdentity;
    const first = await replica("first");
    await first.leading;
    const second = await replica("second");
    assertEquals([await holder(), second.isLeading()], ["first", false]);
    await first.end();
    await second.leading;
    assertEquals([await holder(), first.isLeading()], ["second", false]);
    await second.end();
    assertEquals(await holder(), "");
  });

  test("a leader that cannot renew stops before another can begin", async ({ client, namespace }) => {
    const proxy = new TcpProxy({ port: control.port });
    const cutOff = await KubeClient.open({ file: await control.adminThrough(proxy.port) });
    const order: string[] = [];
    const options = { name: "troupe", namespace, durationSeconds: 3, renewMs: 500, retryMs: 200 };
    const ends = [new AbortController(), new AbortController()] as const;
    const [cut, other] = [coming<void>("the first leader"), coming<void>("the second leader")];
    const problems: string[] = [];
    const leader = (name: string, began: () => void) => async (signal: AbortSignal) => {
      order.push(`${name} begins`);
      began();
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      order.push(`${name} ends`);
    };
    const onProblem = (error: KubeError) => void problems.push(error.code);
    const first = whileLeading(
      { ...options, client: cutOff, identity: "first", onProblem },
      leader("first", cut.resolve),
      ends[0].signal,
    );
    await cut.promise;
    const second = whileLeading(
      { ...options, client, identity: "second" },
      leader("second", other.resolve),
      ends[1].signal,
    );
    proxy.refuse();
    await other.promise;
    assertEquals(order, ["first begins", "first ends", "second begins"]);
    assert(problems.includes("troupe.KubeUnreachable"), problems.join());
    ends[0].abort();
    ends[1].abort();
    proxy.resume();
    await Promise.all([first, second]);
    await cutOff[Symbol.asyncDispose]();
    await proxy.close();
  });
}
