import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { parseAllDocuments } from "yaml";
import { actor, assemble } from "../../../host/component/_testing/components.ts";
import { runDeno, runTroupe, temporaryFolder } from "../_testing.ts";
import { settingsText } from "./_testing.ts";

const ROOT = fromFileUrl(new URL("../../..", import.meta.url));
const ACTOR = `apiVersion: troupe.dev/v1alpha1
kind: Actor
metadata: { name: split }
spec: { component: { file: build/split.wasm }, grants: { http: ["https://a.example/v1"] } }
`;

async function meshFolder(files: Readonly<Record<string, string | Uint8Array>>) {
  const folder = await temporaryFolder();
  await Deno.mkdir(join(folder.path, "shop/build"), { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder.path, "shop", name);
    if (typeof content === "string") await Deno.writeTextFile(path, content);
    else await Deno.writeFile(path, content);
  }
  return folder;
}

const COMPONENT = await actor();
const MESH = { "actor.yaml": ACTOR, "build/split.wasm": COMPONENT, "cluster.yaml": settingsText() };

Deno.test("--dry-run ends well when whoever reads it has seen enough", async () => {
  await using folder = await meshFolder(MESH);
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--quiet",
      join(ROOT, "cli/main.ts"),
      "deploy",
      "shop",
      "--dry-run",
      "--namespace",
      "mesh",
    ],
    cwd: folder.path,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  await child.stdout.cancel();
  const [{ code }, stderr] = await Promise.all([child.status, new Response(child.stderr).text()]);
  assertEquals(code, 0, stderr);
});

Deno.test("--dry-run prints everything as YAML, and nothing else, without a cluster", async () => {
  await using folder = await meshFolder(MESH);
  const kubeconfig = ["--kubeconfig", join(folder.path, "none")];
  const run = (...args: string[]) =>
    runTroupe(["deploy", "shop", "--dry-run", ...args], { cwd: folder.path });
  const named = await run("--namespace", "mesh", ...kubeconfig);
  assertEquals(named.code, 0, named.stderr);
  const objects = parseAllDocuments(named.stdout).map((document) => document.toJS());
  const kinds = objects.map(({ kind }) => kind);
  assertEquals([kinds[0], kinds.at(-2) === "Actor", kinds.at(-1)], ["Namespace", false, "Actor"]);
  const { metadata, spec } = objects.at(-1);
  assertEquals(metadata, { name: "split", namespace: "mesh", labels: { "troupe.dev/mesh": "shop" } });
  assertEquals(spec.grants.http, [{ host: "a.example", scheme: "https", path: "/v1" }]);
  assertEquals(spec.component.configMap.key, "component.wasm");
  const placed = objects.find((object) => object.metadata.name === spec.component.configMap.name);
  assertEquals(Uint8Array.fromBase64(placed.binaryData["component.wasm"]), COMPONENT);
  assertEquals((await run("--namespace", "mesh", "--json")).stdout, named.stdout);
  // With a registry, it is told what would be pushed, and nothing is.
  const registry = await run("--namespace", "mesh", "--actors-only", "--registry", "127.0.0.1:9/shop");
  const [pushed, ...more] = parseAllDocuments(registry.stdout).map((document) => document.toJS());
  assertMatch(pushed.spec.component.oci, /^127\.0\.0\.1:9\/shop\/split@sha256:[0-9a-f]{64}$/);
  assertEquals(more, []);
});

Deno.test("what is wrong with the folder is said before a cluster is looked for", async () => {
  await using folder = await meshFolder({
    ...MESH,
    "actor.yaml": ACTOR.replace("spec: {", "spec: { transport: nowhere,"),
  });
  const run = (...args: string[]) => runTroupe(["deploy", "shop", ...args], { cwd: folder.path });
  const wrong = await run("--dry-run", "--namespace", "mesh");
  assertEquals([wrong.code, wrong.stdout], [1, ""]);
  assertStringIncludes(
    wrong.stderr,
    "spec.transport names nowhere, which the controller's settings do not have",
  );
  await Deno.remove(join(folder.path, "shop/cluster.yaml"));
  const none = await run("--dry-run");
  assertEquals(none.code, 1);
  assertMatch(
    none.stderr,
    /shop\/cluster\.yaml does not exist[\s\S]*kind: ControllerSettings[\s\S]*--actors-only/,
  );
});

Deno.test("a component that its host would refuse goes nowhere, also one that was not built here", async () => {
  const asks = await assemble('(component (import "wasi:http/types@0.2.6" (instance)))');
  await using folder = await meshFolder({ ...MESH, "build/split.wasm": asks });
  const run = () => runTroupe(["deploy", "shop", "--dry-run", "--namespace", "mesh"], { cwd: folder.path });
  const refused = await run();
  assertEquals([refused.code, refused.stdout], [1, ""]);
  assertMatch(refused.stderr, /shop\/actor\.yaml: its host would refuse its component: .*handle/);
  await Deno.writeTextFile(join(folder.path, "shop/build/split.wasm"), "nothing");
  assertStringIncludes((await run()).stderr, "its host would refuse its component");
});

Deno.test("options that make no sense together", async () => {
  await using folder = await meshFolder(MESH);
  const run = (...args: string[]) => runTroupe(args, { cwd: folder.path });
  assertEquals((await run("deploy", "shop", "--dry-run", "--diff")).code, 2);
  assertEquals((await run("deploy", "shop", "--dry-run", "--registry", "no registry")).code, 2);
  const crd = await run("undeploy", "shop", "--crd");
  assertEquals(crd.code, 2);
  assertStringIncludes(crd.stderr, "--crd goes with --all");
});

Deno.test("the command is a task, too", async () => {
  await using folder = await meshFolder(MESH);
  const dir = join(folder.path, "shop");
  const args = ["task", "--quiet", "deploy", dir, "--dry-run", "--actors-only", "--namespace", "mesh"];
  const run = await runDeno(args, { cwd: ROOT });
  assertEquals(run.code, 0, run.stderr);
  assertStringIncludes(run.stdout, "kind: Actor");
});

interface Module {
  readonly specifier: string;
  readonly dependencies?: readonly {
    readonly code?: { readonly specifier?: string };
    readonly isDynamic?: boolean;
  }[];
}

Deno.test("no other command loads the client of Kubernetes: nothing does, until one is run that needs it", async () => {
  const info = await runDeno(["info", "--json", join(ROOT, "cli/main.ts")], { cwd: ROOT });
  const { modules } = JSON.parse(info.stdout) as { readonly modules: readonly Module[] };
  const known = new Map(modules.map((module) => [module.specifier, module]));
  const reached = (dynamic: boolean) => {
    const seen = new Set<string>();
    const visit = (specifier: string): void => {
      if (seen.has(specifier)) return;
      seen.add(specifier);
      for (const { code, isDynamic } of known.get(specifier)?.dependencies ?? []) {
        if (code?.specifier !== undefined && (dynamic || !isDynamic)) visit(code.specifier);
      }
    };
    visit(new URL("../../main.ts", import.meta.url).href);
    return [...seen].filter((specifier) => specifier.includes("/controller/kube/"));
  };
  assertEquals(reached(false), []);
  assert(reached(true).length > 0);
});
