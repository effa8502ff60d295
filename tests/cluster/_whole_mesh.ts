/**
 * Everything that a mesh in a cluster takes, for one test: a control plane with KEDA, a broker, a database, a registry, the tree
 * of the image, a node that runs pods in it, and a person with a folder.
 *
 * @module
 */

import { join } from "@std/path";
import { stringify } from "yaml";
import { type CommandRun, runTroupe } from "../../cli/commands/_testing.ts";
import { assembleFromContext, copyContext } from "../image/_context.ts";
import { NameServer } from "../image/_name_server.ts";
import { serverFolder } from "../servers/_process.ts";
import { PostgresServer } from "../servers/postgres.ts";
import { RabbitmqServer } from "../servers/rabbitmq.ts";
import { REGISTRY_USER, RegistryServer } from "../servers/registry.ts";
import { BY_TEST, DeploySite, type Person, SYSTEM } from "./_deploy_testing.ts";
import { ImageNode, NODE_FLAGS } from "./_image_node.ts";
import { FAST } from "./_keda_testing.ts";
import { actorYaml } from "./_meshes_testing.ts";
import { ControlPlane } from "./control_plane.ts";
import { Keda } from "./keda.ts";

/** The namespace of the actors, which is the mesh. */
export const SHOP = "shop";
/** The address of the cluster's name server: of this machine, and nobody else's. */
const NAMES_IP = "127.78.0.1";
/** How long `score` takes for each payload, in milliseconds; nothing of that is work. */
const SCORE_MS = 200;

const SOURCES = {
  split: `export function* handle({ n }) {
  yield { n, half: 0 };
  yield { n, half: 1 };
}
`,
  score: `import { set } from "@troupe/sdk";
import { sleep } from "@troupe/sdk/sleep";
export function* handle({ n, half }) {
  sleep(${SCORE_MS});
  const score = (7 * n + 3 * half) % 10;
  yield set(".route.next[:0]", [score < 5 ? "review" : "keep"]);
  yield { n, half, score };
}
`,
  keep: `export const handle = (payload) => ({ ...payload, by: "keep" });\n`,
  review: `export const handle = (payload) => ({ ...payload, by: "review" });\n`,
};
/** Names of the actors. */
export const ACTORS = Object.keys(SOURCES) as readonly (keyof typeof SOURCES)[];

/** What comes of a payload `{ n }`, as texts. */
export function expected(n: number): string[] {
  return [0, 1].map((half) => {
    const score = (7 * n + 3 * half) % 10;
    return JSON.stringify({ n, half, score, by: score < 5 ? "review" : "keep" });
  });
}

/** The actor.yaml of an actor. */
export function yamlOf(actor: keyof typeof SOURCES, { timeout = "5s", min = 0 } = {}): string {
  return actorYaml(actor, {
    component: { file: `build/${actor}.wasm` },
    limits: { timeout, concurrency: 4, memory: "64Mi" },
    scaling: { ...FAST, queueLength: 40, min, max: actor === "score" ? 2 : 1 },
    ...(actor === "score" ? { grants: { route: ["keep", "review"] } } : {}),
    ...(actor === "review" ? { queuePolicy: "Delete" } : {}),
  });
}

/** All of it, running. */
export interface WholeMesh {
  readonly site: DeploySite;
  readonly node: ImageNode;
  readonly broker: RabbitmqServer;
  readonly postgres: PostgresServer;
  readonly registry: RegistryServer;
  /** The folder of the mesh. */
  readonly dir: string;
  /** Who installs, by what docs/deploy.md says. */
  readonly person: Person;
  /** Runs `troupe` to its end, in an empty folder. */
  troupe(...args: string[]): Promise<CommandRun>;
  /** The same, as who has a cluster. */
  inCluster(...args: string[]): Promise<CommandRun>;
}

/** What is started. */
export interface WholeMeshOptions {
  /** Whether the crew has a database; else it has a volume. @default true */
  readonly store?: boolean;
}

/** Starts it all; nothing is deployed yet. */
export async function startWholeMesh(
  stack: AsyncDisposableStack,
  { store = true }: WholeMeshOptions = {},
): Promise<WholeMesh> {
  const folder = await serverFolder("whole");
  const [tree, context] = [join(folder, "tree"), join(folder, "context")];
  await copyContext(context);
  const starts = [
    ControlPlane.start({ flags: NODE_FLAGS }).then((one) => stack.adopt(one, () => one.stop())),
    RabbitmqServer.start().then((one) => stack.adopt(one, () => one.stop())),
    PostgresServer.start().then((one) => stack.adopt(one, () => one.stop())),
    RegistryServer.start({ auth: "password" }).then((one) => stack.use(one)),
    assembleFromContext(context, tree),
  ] as const;
  // What has started is ended also where something else has not.
  await Promise.allSettled(starts);
  const [control, broker, postgres, registry] = await Promise.all(starts);
  const keda = await Keda.start(control);
  stack.defer(() => keda.stop());
  stack.use(await NameServer.start({ "postgres.data.svc": postgres.host }, NAMES_IP));
  const site = stack.use(await DeploySite.make(control, broker));
  await prepare(site, { postgres, registry });
  if (!store) await makeVolume(site);
  const node = stack.use(new ImageNode({ control, tree, folder, names: NAMES_IP }));
  const person = await site.person(SHOP, { installer: true });
  const config = JSON.stringify({ auths: { [registry.name]: REGISTRY_USER } });
  const docker = join(folder, "docker");
  const cwd = join(folder, "anywhere");
  for (const each of [docker, cwd]) await Deno.mkdir(each);
  await Deno.writeTextFile(join(docker, "config.json"), config, { mode: 0o600 });
  const files = ACTORS.flatMap((actor) => [
    [`${actor}/actor.yaml`, yamlOf(actor)],
    [`${actor}/actor.js`, SOURCES[actor]],
  ]);
  const dir = await site.mesh({
    "cluster.yaml": settings({ broker, postgres: store ? postgres : undefined }),
    ...Object.fromEntries(files),
  });
  const troupe = (...args: string[]) => runTroupe(args, { cwd, env: { DOCKER_CONFIG: docker } });
  return {
    ...{ site, node, broker, postgres, registry, dir, person, troupe },
    inCluster: (...args) => troupe(...args, "--kubeconfig", person.kubeconfig, "--namespace", SHOP),
  };
}

/** What docs/install.md has whoever installs make before: the namespace, and Secrets in it and in the controller's. */
async function prepare(
  site: DeploySite,
  { postgres, registry }: { readonly postgres: PostgresServer; readonly registry: RegistryServer },
): Promise<void> {
  const { client } = site;
  await client.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: SHOP } }, BY_TEST);
  await site.makeSecrets(SHOP, ["broker"]);
  const secret = { apiVersion: "v1", kind: "Secret" };
  for (const namespace of [SHOP, SYSTEM]) {
    const metadata = { name: "store", namespace };
    await client.apply({ ...secret, metadata, stringData: { password: postgres.password } }, BY_TEST);
  }
  const config = JSON.stringify({ auths: { [registry.name]: REGISTRY_USER } });
  await client.apply({
    ...secret,
    metadata: { name: "registry", namespace: SHOP },
    type: "kubernetes.io/dockerconfigjson",
    stringData: { ".dockerconfigjson": config },
  }, BY_TEST);
}

/** A volume for the crew, as a provisioner would make and bind it: none runs. */
async function makeVolume({ client }: DeploySite): Promise<void> {
  const claim = "data-troupe-crew-shop-0";
  const common = { accessModes: ["ReadWriteOnce"], storageClassName: "" };
  await client.create({
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: claim },
    spec: {
      ...common,
      capacity: { storage: "10Gi" },
      claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", namespace: SYSTEM, name: claim },
      hostPath: { path: "/nowhere" },
    },
  });
  await client.create({
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: {
      ...{ name: claim, namespace: SYSTEM },
      annotations: { "pv.kubernetes.io/bind-completed": "yes" },
    },
    spec: { ...common, volumeName: claim, resources: { requests: { storage: "10Gi" } } },
  });
}

/** cluster.yaml. KEDA, which looks up names as this machine does, has to reach the broker as well: by its address. */
function settings(
  { broker, postgres }: { readonly broker: RabbitmqServer; readonly postgres: PostgresServer | undefined },
): string {
  return stringify({
    apiVersion: "troupe.dev/v1alpha1",
    kind: "ControllerSettings",
    spec: {
      image: "registry.example.com/troupe-host@sha256:0123",
      transports: {
        default: { address: `rabbitmq://${broker.host}:${broker.port}`, credentials: { secret: "broker" } },
      },
      ...(postgres
        ? {
          store: {
            address: `postgres://${postgres.user}@postgres.data.svc:${postgres.port}/postgres`,
            password: { name: "store", key: "password" },
          },
        }
        : {}),
      crew: { namespaces: [SHOP] },
    },
  });
}
