// The image of the host, run as its pods run it.
//
// No container engine runs here. What `docker build` does is done by the program that the Dockerfile runs, out of what
// Docker would be given of the repository; and the tree that comes of it is the root of a process that has what the container
// of a pod has: the user, no capabilities, a root that is read only, the mounts, environment and arguments that the
// controller's builders write into the pod, namespaces of its own, and a filter of system calls as runtimes have it.
//
// That shows that the image is complete, that its commands have the permissions that they need, that pods declare the mounts
// that are needed, and which layers a sandbox has in a pod. It does not show that an engine accepts the Dockerfile, that its
// base images have what this machine's Debian has, nor what bounds of memory and processor time do.

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { openStore } from "@troupe/host/crew/open_store";
import type { CrewStore } from "@troupe/host/crew/store";
import { DENO, IMAGE_USER } from "@troupe/host/image/commands";
import { TOOLS } from "@troupe/host/image/contents";
import { pushComponent } from "@troupe/host/oci/push";
import { LAYERS, OPTIONAL } from "@troupe/host/sandbox/hardening/layers";
import { envelopeText, read } from "../../host/_host_testing.ts";
import { take, unlessStuck, utf8 } from "../../host/_testing.ts";
import { isRequired } from "../require.ts";
import { makeCertificate } from "../servers/_certificate.ts";
import { lacksPostgres } from "../servers/postgres.ts";
import { lacksRabbitmq } from "../servers/rabbitmq.ts";
import { lacksRegistry, REGISTRY_USER, RegistryServer } from "../servers/registry.ts";
import type { Container } from "./_container.ts";
import { POD_IP, withSetting } from "./_setting.ts";

const isRoot = Deno.build.os === "linux" && Deno.uid() === 0;
if (!isRoot && !isRequired("all")) console.error("skipped: only root can make a root for a process");
const skipped = (!isRoot && !isRequired("all")) || lacksRabbitmq() || lacksPostgres();

/** What of a process its system says. */
function status(pid: number): Record<string, string> {
  const lines = Deno.readTextFileSync(`/proc/${pid}/status`).split("\n").map((line) => line.split(/:\s*/));
  return Object.fromEntries(lines.map(([name = "", value = ""]) => [name, value.trim()]));
}

async function get(path: string, port = 9464): Promise<{ status: number; text: string }> {
  const response = await fetch(`http://${POD_IP}:${port}${path}`);
  return { status: response.status, text: await response.text() };
}

/** The result of an envelope, once it is there. */
async function resultOf(store: CrewStore, id: string) {
  for (;;) {
    const result = await store.result(id);
    if (result) return result;
    await pause();
  }
}

/** The sandboxes of a host, once each has a filter of its own beside the runtime's. */
async function hardened(host: Container): Promise<number[]> {
  for (;;) {
    const pids = host.children;
    try {
      if (pids.length > 1 && pids.every((pid) => status(pid).Seccomp_filters === "2")) return pids;
    } catch (error) {
      // A helper that the host had started has ended.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    await pause();
  }
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 20));

/** Ends a container as the kubelet does: what it has taken is acknowledged before. */
async function ended(container: Container): Promise<string> {
  container.kill("SIGTERM");
  const { code, text } = await unlessStuck(container.end());
  assertEquals(code, 0, text);
  return text;
}

async function running(container: Container): Promise<Container> {
  await unlessStuck(container.line('"it runs"'));
  return container;
}

/** Tells where something can be written, and what can be changed, anywhere; and what else a container is given. */
const WRITES = `
const folders = [], files = [];
const visit = (folder) => {
  try { Deno.writeTextFileSync(folder + "/.probe", ""); folders.push(folder); Deno.removeSync(folder + "/.probe"); } catch {}
  let entries = [];
  try { entries = [...Deno.readDirSync(folder)]; } catch {}
  for (const { name, isDirectory, isFile } of entries) {
    const path = (folder === "/" ? "" : folder) + "/" + name;
    if (isDirectory && path !== "/proc" && path !== "/sys") visit(path);
    if (isFile) try { Deno.openSync(path, { append: true }).close(); files.push(path); } catch {}
  }
};
visit("/");
const refused = ["/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/sys/kernel/uevent_helper"].filter((path) => {
  try { Deno.openSync(path, { write: true }).close(); return false; } catch { return true; }
});
const { rootCertificates } = await import("node:tls");
const { lookup } = await import("node:dns/promises");
const { address } = await lookup("pod-1");
const fetched = await fetch("http://elsewhere.example/").then(() => "", (error) => String(error));
console.log(JSON.stringify({ folders, files, refused: refused.length, authorities: rootCertificates.length, fetched, address }));
`;

Deno.test({ name: "the image runs as its pods run it", ignore: skipped }, async (t) => {
  // Whoever wants something from the network would ask here.
  let fetches = 0;
  await using proxy = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => {
    fetches++;
    return new Response("no", { status: 502 });
  });
  const address = `http://127.0.0.1:${proxy.addr.port}`;
  const env = { HTTP_PROXY: address, HTTPS_PROXY: address, NO_PROXY: "127.0.0.1" };
  await withSetting(env, async (setting) => {
    const { tree, component, actor, names, transport, postgres, installed, start } = setting;
    await t.step(
      "the tree has what is listed, root's, for everybody to read and nobody to write",
      async () => {
        const programs: string[] = [];
        const wrong: string[] = [];
        const visit = async (folder: string) => {
          for await (const { name, isDirectory } of Deno.readDir(folder)) {
            const path = join(folder, name);
            const { uid, gid, mode, isSymlink } = await Deno.lstat(path);
            const bits = mode ?? 0;
            if (uid !== 0 || gid !== 0 || isSymlink || bits & 0o6022 || !(bits & 0o004)) wrong.push(path);
            const inside = path.slice(tree.length);
            if (/_test(ing)?\.ts$/.test(name) && !inside.startsWith("/opt/troupe/modules/")) wrong.push(path);
            if (isDirectory) await visit(path);
            else if (bits & 0o111 && !/^\/lib/.test(inside)) programs.push(inside);
          }
        };
        await visit(tree);
        assertEquals(wrong, []);
        assertEquals(programs.sort(), [DENO, ...TOOLS].sort());
      },
    );

    await t.step(
      "a host does hops: without rights, and its sandboxes with the layers that pods give",
      async () => {
        await transport.declare(["b"]);
        await using host = await running(await start(actor()));
        assertEquals(await get("/healthz"), { status: 200, text: '{"status":"alive"}' });
        assertEquals(await get("/readyz"), { status: 200, text: '{"status":"ready"}' });
        assertStringIncludes((await get("/metrics")).text, "troupe_");
        await transport.publish([{ queue: "a", body: utf8(envelopeText("1", { payload: { n: 7 } })) }]);
        const [result] = await unlessStuck(take(transport, "b", 1));
        assert(result);
        assertEquals(read(result).payload, '{"n":7}');

        const sandboxes = await unlessStuck(hardened(host));
        const user = Array(4).fill(IMAGE_USER).join("\t");
        for (const pid of [host.pid, ...sandboxes]) {
          const { Uid, Gid, Groups, CapInh, CapPrm, CapEff, CapBnd, CapAmb, NoNewPrivs, Seccomp } = status(
            pid,
          );
          assertEquals([Uid, Gid, Groups], [user, user, `${IMAGE_USER}`]);
          assertEquals(new Set([CapInh, CapPrm, CapEff, CapBnd, CapAmb]), new Set(["0000000000000000"]));
          assertEquals([NoNewPrivs, Seccomp], ["1", "2"]);
        }
        assertEquals(status(host.pid).Seccomp_filters, "1");
        const { on, off } = JSON.parse(await host.line('"layers around the sandboxes"'));
        assertEquals(
          on.split(", "),
          Object.keys(LAYERS).filter((name) => !OPTIONAL.has(name as keyof typeof LAYERS)),
        );
        assertMatch(
          off,
          /^network-namespace \(the kernel or the container denies it: .*\); cgroup \(none was named/,
        );

        assert(names.asked.has("rabbitmq.queues.svc"));
        assertEquals(fetches, 0, "something was asked for over the network");
        // What Deno has to say of its caches, or of what it cannot find, would stand there as well.
        for (const line of host.text.trim().split("\n")) {
          assertEquals(typeof JSON.parse(line).message, "string", line);
        }
        // The sandboxes' code is in the image.
        const kept = [...Deno.readDirSync(`/proc/${host.pid}/root/var/cache/troupe`)].map(({ name }) => name);
        assertEquals(kept, ["components"]);
        await ended(host);
      },
    );

    await t.step({
      name: "a host signs in to a registry, and pulls its component",
      ignore: lacksRegistry(),
      async fn() {
        await using registry = await RegistryServer.start({ auth: "password" });
        const { reference } = await pushComponent({
          reference: `${registry.name}/shop/a`,
          bytes: component,
          world: { imports: [], exports: ["handle"] },
          credentials: { kind: "password", ...REGISTRY_USER, from: "the test" },
        });
        const config = JSON.stringify({ auths: { [registry.name]: REGISTRY_USER } });
        const plan = actor({ oci: reference, pullSecret: "pull" }, { pull: { ".dockerconfigjson": config } });
        await using host = await running(await start(plan));
        await transport.publish([{ queue: "a", body: utf8(envelopeText("pulled")) }]);
        await unlessStuck(take(transport, "b", 1));
        assert(!(await ended(host)).includes(REGISTRY_USER.password));
      },
    });

    await t.step("a signal has it finish what it has, and leave the rest in the queue", async () => {
      const sent = 50;
      await using host = await running(await start(actor()));
      const bodies = Array.from({ length: sent }, (_, i) => utf8(envelopeText(`drained-${i}`)));
      await transport.publish(bodies.map((body) => ({ queue: "a", body })));
      await unlessStuck(take(transport, "b", 1));
      assertStringIncludes(await ended(host), '"draining');
      const left = (await transport.depth("a")).ready;
      await unlessStuck(take(transport, "a", left));
      await unlessStuck(take(transport, "b", sent - 1 - left));
      assertEquals([(await transport.depth("a")).ready, (await transport.depth("b")).ready], [0, 0]);
    });

    await t.step("nothing can be written but to what is mounted for it", async () => {
      const container = { command: [DENO, "eval", "--quiet", "--no-config", WRITES], args: [] };
      await using probe = await start(actor(), { container });
      const { code, text } = await unlessStuck(probe.end());
      assertEquals(code, 0, text);
      const { folders, files, refused, authorities, fetched, address } = JSON.parse(text);
      // Runtimes give every container shared memory, and these devices.
      assertEquals(folders.sort(), ["/dev/shm", "/var/cache/troupe"]);
      assertEquals(files.sort(), ["full", "null", "random", "urandom", "zero"].map((name) => `/dev/${name}`));
      assertEquals(refused, 3);
      assert(authorities > 50, "the runtime brings whom TLS trusts");
      assertEquals([address, names.asked.has("pod-1")], [POD_IP, false], "/etc/hosts comes first");
      assertEquals(fetched, "");
      assertEquals(fetches, 1, "what is asked for over the network is seen");
    });

    await t.step("a member of the crew records in Postgres", async () => {
      const sink = installed()["troupe-x-sink-shop"];
      assert(sink);
      await using member = await running(await start(sink));
      assertEquals((await get("/readyz")).status, 200);
      await transport.publish([{ queue: "x-sink", body: utf8(finished("kept-1")) }]);
      const { user, password, host, port } = postgres;
      const who = `${user}:${encodeURIComponent(password)}`;
      const store = await openStore(`postgres://${who}@${host}:${port}/postgres?schema=troupe_shop`);
      try {
        assertEquals((await unlessStuck(resultOf(store, "kept-1"))).phase, "succeeded");
      } finally {
        await store.close();
      }
      assertEquals(status(member.pid).Uid, Array(4).fill(IMAGE_USER).join("\t"));
      await ended(member);
    });

    await t.step("without a database, it records in a volume", async () => {
      const crew = installed({ store: undefined })["troupe-crew-shop"];
      assert(crew);
      await using member = await running(await start(crew, { name: "x-sink" }));
      await transport.publish([{ queue: "x-sink", body: utf8(finished("kept-2")) }]);
      const store = await openStore(join(member.volumes, "data/crew.db"));
      try {
        assertEquals((await unlessStuck(resultOf(store, "kept-2"))).phase, "succeeded");
      } finally {
        await store.close();
      }
      await ended(member);
    });

    await t.step("the controller says how it goes, and what is wrong", async () => {
      const controller = installed()["troupe-controller"];
      assert(controller);
      await using help = await start(controller, { container: { args: ["--help"] } });
      const { code, text } = await unlessStuck(help.end());
      assertEquals(code, 0, text);
      assertStringIncludes(text, "--settings FILE");
      await using wrong = await start(controller, {
        container: { args: ["--settings", "/etc/troupe/nothing"] },
      });
      assertEquals((await unlessStuck(wrong.end())).code, 2);
    });

    await t.step("the controller comes as its pod's account, and waits to be let in", async () => {
      const controller = installed()["troupe-controller"];
      assert(controller);
      const account = await Deno.makeTempDir({ prefix: "troupe_account_" });
      await makeCertificate(account);
      const [cert, key] = await Promise.all(
        ["certificate.pem", "key.pem"].map((name) => Deno.readTextFile(join(account, name))),
      ) as [string, string];
      const files = { token: "the-token", namespace: "troupe-system", "ca.crt": cert };
      for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(join(account, name), text);
      await Deno.chmod(account, 0o755);
      const came = new Set<string | null>();
      const options = { hostname: "127.0.0.1", port: 0, cert, key, onListen: () => {} };
      await using denying = Deno.serve(options, ({ headers }) => {
        came.add(headers.get("authorization"));
        return Response.json({ kind: "Status", reason: "Forbidden", code: 403 }, { status: 403 });
      });
      try {
        const { hostname, port } = denying.addr;
        await using replica = await start(controller, {
          env: { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: String(port) },
          mounts: [{ kind: "ro", from: account, to: "/var/run/secrets/kubernetes.io/serviceaccount" }],
        });
        const line = await unlessStuck(replica.line("the lease cannot be had"));
        assertEquals(JSON.parse(line).error.code, "troupe.KubeForbidden", line);
        assertEquals(came, new Set(["Bearer the-token"]));
        assertEquals((await get("/livez", 8080)).status, 200);
        const { status, text } = await get("/readyz", 8080);
        assertEquals([status, JSON.parse(text).status], [503, "not ready"]);
        await ended(replica);
      } finally {
        await Deno.remove(account, { recursive: true });
      }
    });
  });
});

/** An envelope whose route is at its end. */
function finished(id: string): string {
  const status = { phase: "succeeded", actor: "x-sink", attempt: 1 };
  return JSON.stringify({ id, route: { prev: ["a"], curr: "x-sink", next: [] }, payload: {}, status });
}
