/**
 * A cluster to which meshes are deployed by the command line, as processes of people who may do what docs/deploy.md says and
 * no more. The controller is a real process under its ServiceAccount's token; the pods that it asks for are kwok's, and what
 * KEDA would say of a ScaledObject, the test says.
 *
 * @module
 */

import { FIELD_MANAGER } from "@troupe/controller/build";
import { Informer, type KubeClient, type KubeObject, refOf } from "@troupe/controller/kube";
import { parse, stringify } from "yaml";
import { dirname, fromFileUrl, join } from "@std/path";
import { type CommandRun, runTroupe } from "../../cli/commands/_testing.ts";
import { serverFolder } from "../servers/_process.ts";
import type { RabbitmqServer } from "../servers/rabbitmq.ts";
import { startController } from "./_controller_process.ts";
import { installKedaKinds } from "./_controller_testing.ts";
import type { LoggedProcess } from "./_logged_process.ts";
import type { AuditedRequest, ControlPlane } from "./control_plane.ts";
import { exists } from "./until.ts";

const ROOT = fromFileUrl(new URL("../..", import.meta.url));
const CLI = join(ROOT, "cli/main.ts");
/** Where the controller is. */
export const SYSTEM = "troupe-system";
/** In whose name tests write. */
export const BY_TEST = { fieldManager: "test", force: true };

/** A person with a kubeconfig. */
export interface Person {
  readonly kubeconfig: string;
  /** Who they are to the API server. */
  readonly user: string;
}

/** What a person may do. */
export interface PersonOptions {
  /** Whether everything that docs/deploy.md says, and not only for actors. @default false */
  readonly installer?: boolean;
  /** Whether they may look at Secrets. @default true */
  readonly secrets?: boolean;
  /** In the namespace of the actors. @default that of docs/deploy.md */
  readonly roles?: readonly string[];
}

/** A command that runs. */
export interface RunningCommand {
  readonly pid: number;
  /** What it has said so far, on both streams. */
  said(): string;
  /** Resolves when it has said something. @throws {Error} when it ends before that */
  says(text: string): Promise<void>;
  readonly ended: Promise<number>;
}

/** Roles out of docs/deploy.md, by name. */
async function documentedRoles(): Promise<ReadonlyMap<string, KubeObject>> {
  const page = await Deno.readTextFile(join(ROOT, "docs/deploy.md"));
  const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => parse(text ?? ""));
  return new Map(
    blocks.filter(({ kind }) => kind === "ClusterRole").map((role) => [role.metadata.name, role]),
  );
}

/** A cluster for tests of deployments. */
export class DeploySite implements AsyncDisposable {
  readonly control: ControlPlane;
  readonly client: KubeClient;
  readonly broker: RabbitmqServer;
  readonly folder: string;
  readonly #roles: ReadonlyMap<string, KubeObject>;
  readonly #ended = new AbortController();
  readonly #running: Promise<void>[] = [];
  #controller: LoggedProcess | undefined;
  #keda: Promise<void> | undefined;

  private constructor(
    control: ControlPlane,
    { broker, folder, roles }: {
      readonly broker: RabbitmqServer;
      readonly folder: string;
      readonly roles: ReadonlyMap<string, KubeObject>;
    },
  ) {
    this.control = control;
    this.client = control.client;
    this.broker = broker;
    this.folder = folder;
    this.#roles = roles;
  }

  /** Makes one, in which there is nothing yet but Secrets of the controller's namespace. */
  static async make(control: ControlPlane, broker: RabbitmqServer): Promise<DeploySite> {
    const site = new DeploySite(control, {
      broker,
      folder: await serverFolder("deploy"),
      roles: await documentedRoles(),
    });
    for (const role of site.#roles.values()) await site.client.apply(role, BY_TEST);
    await site.client.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: SYSTEM } }, BY_TEST);
    await site.makeSecrets(SYSTEM);
    return site;
  }

  /** The settings of the controller, as a file of a mesh. */
  settings(namespaces: readonly string[], crew: Readonly<Record<string, unknown>> = {}): string {
    return stringify({
      apiVersion: "troupe.dev/v1alpha1",
      kind: "ControllerSettings",
      spec: {
        image: "registry.example.com/troupe-host@sha256:0123",
        transports: {
          default: { address: `rabbitmq://127.0.0.1:${this.broker.port}`, credentials: { secret: "broker" } },
        },
        // With a store, the crew are Deployments: nobody here makes pods of a StatefulSet.
        store: {
          address: "postgres://mesh@postgres.data.svc/shop",
          password: { name: "store", key: "password" },
        },
        crew: { ...crew, namespaces: [...namespaces] },
      },
    });
  }

  /** Makes the Secrets that the settings name. */
  async makeSecrets(namespace: string, names: readonly string[] = ["broker", "store"]): Promise<void> {
    const { user: username, password } = this.broker;
    const values = { broker: { username, password }, store: { password } };
    for (const name of names as readonly (keyof typeof values)[]) {
      await this.client.apply(
        { apiVersion: "v1", kind: "Secret", metadata: { name, namespace }, stringData: values[name] },
        BY_TEST,
      );
    }
  }

  /** A person who may deploy actors into a namespace; an installer also everything else that docs/deploy.md says. */
  async person(
    namespace: string,
    { installer = false, secrets = true, roles = ["troupe-deployer"] }: PersonOptions = {},
  ): Promise<Person> {
    const name = `person-${crypto.randomUUID().slice(0, 8)}`;
    const subjects = [{ kind: "ServiceAccount", name, namespace }];
    const rbac = "rbac.authorization.k8s.io";
    const bind = (kind: string, role: string, where: string | undefined, roleKind = "ClusterRole") =>
      this.client.apply({
        apiVersion: `${rbac}/v1`,
        kind,
        metadata: { name: `${name}-${role}`, ...(where === undefined ? {} : { namespace: where }) },
        roleRef: { apiGroup: rbac, kind: roleKind, name: role },
        subjects,
      }, BY_TEST);
    await this.client.apply(
      { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace } },
      BY_TEST,
    );
    for (const role of roles) await bind("RoleBinding", role, namespace);
    if (installer) await bind("ClusterRoleBinding", "troupe-installer", undefined);
    if (secrets) {
      for (const where of installer ? [namespace, SYSTEM] : [namespace]) {
        await this.client.apply({
          apiVersion: `${rbac}/v1`,
          kind: "Role",
          metadata: { name: "see-secrets", namespace: where },
          rules: [{ apiGroups: [""], resources: ["secrets"], verbs: ["get"] }],
        }, BY_TEST);
        await bind("RoleBinding", "see-secrets", where, "Role");
      }
    }
    const token = await this.control.token({ namespace, name });
    return {
      kubeconfig: await this.control.kubeconfig({ token }, { namespace }),
      user: `system:serviceaccount:${namespace}:${name}`,
    };
  }

  /** Writes a mesh's folder. @returns It. */
  async mesh(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
    const dir = join(this.folder, `mesh-${crypto.randomUUID().slice(0, 8)}`);
    for (const [name, content] of Object.entries(files)) {
      await Deno.mkdir(dirname(join(dir, name)), { recursive: true });
      if (typeof content === "string") await Deno.writeTextFile(join(dir, name), content);
      else await Deno.writeFile(join(dir, name), content);
    }
    return dir;
  }

  /** Runs `troupe` to its end, as a person. */
  run(person: Person, args: readonly string[]): Promise<CommandRun> {
    return runTroupe([...args, "--kubeconfig", person.kubeconfig], { cwd: this.folder });
  }

  /** Starts `troupe` as a person. */
  start(person: Person, args: readonly string[]): RunningCommand {
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "-A", "--quiet", "--config", join(ROOT, "deno.json"), CLI, ...args],
        ...["--kubeconfig", person.kubeconfig],
      ],
      cwd: this.folder,
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    let text = "";
    let over = false;
    const waiting = new Set<() => void>();
    const tell = () => waiting.forEach((check) => check());
    const reading = (async () => {
      for await (const piece of child.stderr.pipeThrough(new TextDecoderStream())) {
        text += piece;
        tell();
      }
    })();
    const ended = Promise.all([child.status, reading]).then(([{ code }]) => {
      over = true;
      tell();
      return code;
    });
    return {
      pid: child.pid,
      said: () => text,
      ended,
      says: (wanted) =>
        new Promise((resolve, reject) => {
          const check = () => {
            if (text.includes(wanted)) resolve();
            else if (over) reject(new Error(`it has ended, and has not said "${wanted}": ${text}`));
          };
          waiting.add(check);
          check();
        }),
    };
  }

  /** Brings KEDA's kinds, and says of each ScaledObject from now on what KEDA would say. Once. */
  bringKeda(): Promise<void> {
    return this.#keda ??= this.#bringKeda();
  }

  async #bringKeda(): Promise<void> {
    await installKedaKinds(this.client);
    const kind = { apiVersion: "keda.sh/v1alpha1", kind: "ScaledObject" };
    const condition = { type: "Ready", status: "True", reason: "ScaledObjectReady", message: "" };
    const informer = new Informer({
      client: this.client,
      kind,
      onChange: ({ type, object }) => {
        if (type === "deleted" || object.status !== undefined) return;
        // It may be gone by now.
        this.client.merge(refOf(object), { status: { conditions: [condition] } }, { subresource: "status" })
          .catch(() => {});
      },
    });
    this.#running.push(informer.run(this.#ended.signal));
  }

  /** Starts the controller, as soon as it has an identity: somebody has to deploy it. */
  async startController(): Promise<void> {
    const account = { apiVersion: "v1", kind: "ServiceAccount", namespace: SYSTEM, name: FIELD_MANAGER };
    await exists(this.client, account, { patienceMs: 120_000 });
    const settings = join(this.folder, "settings.yaml");
    const brokers = join(this.folder, "brokers");
    await Deno.mkdir(join(brokers, "default"), { recursive: true });
    await Deno.writeTextFile(settings, this.settings([]));
    await Deno.writeTextFile(join(brokers, "default", "username"), this.broker.user);
    await Deno.writeTextFile(join(brokers, "default", "password"), this.broker.password);
    const token = await this.control.token({ namespace: SYSTEM, name: FIELD_MANAGER });
    const kubeconfig = await this.control.kubeconfig({ token }, { namespace: SYSTEM });
    this.#controller = await startController({
      ...{ settings, brokers, kubeconfig },
      ...{ identity: "deployed", leaseSeconds: 5, log: join(this.folder, "controller.log") },
    });
    await this.#controller.says("it acts");
  }

  /** Requests with which somebody has written something, oldest first; looking what would be written is none. */
  async writes({ user }: Person): Promise<string[]> {
    return (await this.control.requests()).filter((request) => isWrite(request, user))
      .map(({ verb, objectRef }) => `${verb} ${objectRef?.resource}/${objectRef?.name}`);
  }

  /** Ends all that it has started. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort();
    await Promise.all(this.#running);
    await this.#controller?.stop();
  }
}

function isWrite({ user, verb, requestURI, objectRef }: AuditedRequest, who: string): boolean {
  return user.username === who && ["create", "update", "patch", "delete"].includes(verb) &&
    !requestURI.includes("dryRun=All") && objectRef?.resource !== "selfsubjectaccessreviews";
}
