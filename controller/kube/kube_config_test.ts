import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { kubeconfig } from "./_server_testing.ts";
import { KubeClient } from "./client.ts";
import { KubeError } from "./errors.ts";
import { loadKubeConfig, namespaceOf } from "./kube_config.ts";

async function withFile(text: string, run: (file: string) => Promise<void>): Promise<void> {
  const file = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(file, text);
    await run(file);
  } finally {
    await Deno.remove(file);
  }
}

Deno.test("a context is the current one, or the one that is named", async () => {
  await withFile(kubeconfig("http://127.0.0.1:1"), async (file) => {
    assertEquals(namespaceOf(await loadKubeConfig({ file })), "mesh");
    assertEquals(namespaceOf(await loadKubeConfig({ file, context: "two" })), "default");
  });
});

Deno.test("a context that is not there is answered with those that are", async () => {
  await withFile(kubeconfig("http://127.0.0.1:1"), async (file) => {
    const error = await assertRejects(() => loadKubeConfig({ file, context: "three" }), KubeError);
    assertEquals([error.code, error.family], ["troupe.KubeConfig", "user"]);
    assertStringIncludes(
      error.message,
      `${file} has no cluster for the context "three"; its contexts are: one, two`,
    );
  });
});

Deno.test("a kubeconfig that cannot be read is named", async () => {
  const error = await assertRejects(() => loadKubeConfig({ file: "/nowhere/config" }), KubeError);
  assertStringIncludes(error.message, "the kubeconfig /nowhere/config cannot be used: ");
  await withFile("{ not yaml", async (file) => {
    assertEquals((await assertRejects(() => loadKubeConfig({ file }), KubeError)).code, "troupe.KubeConfig");
  });
});

Deno.test("a server without TLS has to be allowed in the kubeconfig", async () => {
  const text = kubeconfig("http://127.0.0.1:1").replace('"insecure-skip-tls-verify":true', '"x":1');
  await withFile(text, async (file) => {
    await using client = await KubeClient.open({ file });
    const error = await assertRejects(() => client.version(), KubeError);
    assertEquals(error.code, "troupe.KubeConfig");
    assertStringIncludes(error.message, "skipTLSVerify");
  });
});

Deno.test("a login program that fails is an error of the configuration, with what it said", async () => {
  const command = { apiVersion: "client.authentication.k8s.io/v1", command: "/bin/ls", args: ["/nowhere"] };
  const config = {
    ...JSON.parse(kubeconfig("http://127.0.0.1:1")),
    users: [{ name: "u", user: { exec: command } }],
  };
  await withFile(JSON.stringify(config), async (file) => {
    await using client = await KubeClient.open({ file });
    const error = await assertRejects(() => client.version(), KubeError);
    assertEquals(error.code, "troupe.KubeConfig");
    assertStringIncludes(error.message, "/nowhere");
  });
});

const pod = Deno.makeTempDirSync({ prefix: "troupe_pod_" });
globalThis.addEventListener("unload", () => Deno.removeSync(pod, { recursive: true }));
const account = `${pod}/var/run/secrets/kubernetes.io/serviceaccount`;
Deno.mkdirSync(account, { recursive: true });
Deno.writeTextFileSync(`${account}/namespace`, "troupe-system");
const VARIABLES = ["KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT", "KUBECONFIG", "HOME"];

Deno.test({
  name: "in a pod it is the pod's namespace, with no more permissions than the image gives",
  permissions: { read: [pod], env: VARIABLES },
  async fn() {
    const before = VARIABLES.map((name) => [name, Deno.env.get(name)] as const);
    try {
      for (const name of VARIABLES) Deno.env.delete(name);
      Deno.env.set("KUBERNETES_SERVICE_HOST", "127.0.0.1");
      Deno.env.set("KUBERNETES_SERVICE_PORT", "1");
      const config = await loadKubeConfig({ podRoot: pod });
      assertEquals(namespaceOf(config), "troupe-system");
      assertEquals(config.getCurrentCluster()?.server, "https://127.0.0.1:1");
    } finally {
      for (const [name, value] of before) {
        if (value === undefined) Deno.env.delete(name);
        else Deno.env.set(name, value);
      }
    }
  },
});
