/**
 * The controller as a cluster runs it: a process of its own, under its ServiceAccount's token, with the roles that it ships
 * and no more, and with the least permissions of Deno.
 *
 * @module
 */

import { FIELD_MANAGER, objectName, OWNED_KINDS, rbac } from "@troupe/controller/build";
import { actorDefinition, DEFINITION_NAME } from "@troupe/controller/crd";
import { type KubeClient, type KubeObject, refOf } from "@troupe/controller/kube";
import { join } from "@std/path";
import { serverFolder } from "../servers/_process.ts";
import type { RabbitmqServer } from "../servers/rabbitmq.ts";
import { startController } from "./_controller_process.ts";
import type { LoggedProcess } from "./_logged_process.ts";
import type { AuditedRequest, ControlPlane } from "./control_plane.ts";
import { conditionOf, until, type UntilOptions } from "./until.ts";

const BY_TEST = { fieldManager: "test", force: true };
/** How long a lease is held without being renewed, in seconds. */
export const LEASE_SECONDS = 5;
const COMPONENT = `registry.example.com/shop/split@sha256:${"a".repeat(64)}`;

/** An Actor. */
export function actorOf(namespace: string, name: string, spec: Record<string, unknown> = {}): KubeObject {
  return {
    apiVersion: "troupe.dev/v1alpha1",
    kind: "Actor",
    metadata: { name, namespace },
    spec: { component: { oci: COMPONENT }, ...spec },
  };
}

/** What is made for an actor, by kind. */
export function childOf(namespace: string, actor: string, kind: typeof OWNED_KINDS[number]["kind"]) {
  const { apiVersion = "" } = OWNED_KINDS.find((each) => each.kind === kind) ?? {};
  return { apiVersion, kind, namespace, name: objectName(actor) };
}

/** An object of the name of one that is made for an actor, which is somebody else's. */
export function foreignObject(
  { apiVersion, kind, name, namespace }: ReturnType<typeof childOf>,
  labels: Readonly<Record<string, string>> = {},
): KubeObject {
  const app = { app: "theirs" };
  const specs: Readonly<Record<string, unknown>> = {
    NetworkPolicy: { podSelector: {} },
    PodDisruptionBudget: { selector: { matchLabels: app } },
    Deployment: {
      replicas: 0,
      selector: { matchLabels: app },
      template: { metadata: { labels: app }, spec: { containers: [{ name: "theirs", image: "theirs" }] } },
    },
  };
  const metadata = { name, namespace, labels };
  return { apiVersion, kind, metadata, ...kind in specs ? { spec: specs[kind] } : {} };
}

/** Waits until a condition of an actor has a status, or a reason. */
export async function comes(
  client: KubeClient,
  actor: KubeObject,
  [type, wanted]: readonly [type: string, statusOrReason: string],
  options?: UntilOptions,
): Promise<{ readonly object: KubeObject; readonly message: string }> {
  const object = await until(client, refOf(actor), (object) => {
    const condition = conditionOf(object, type);
    const { observedGeneration } = (condition ?? {}) as { observedGeneration?: number };
    return (condition?.status === wanted || condition?.reason === wanted) &&
      observedGeneration === object?.metadata.generation;
  }, options);
  return { object, message: conditionOf(object, type)?.message ?? "" };
}

/** What a site is made with. */
export interface SiteOptions {
  /** Transports beside `default`, by their names: the meshes on the same broker that they are of. @default none */
  readonly meshes?: Readonly<Record<string, string>>;
  /** What is in `spec` of the settings beside the image and the transports. @default nothing */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** A cluster in which a controller can be started. */
export class ControllerSite {
  readonly control: ControlPlane;
  /** The controller's own namespace. */
  readonly namespace: string;
  readonly #folder: string;

  private constructor(control: ControlPlane, namespace: string, folder: string) {
    this.control = control;
    this.namespace = namespace;
    this.#folder = folder;
  }

  /**
   * Installs what a controller needs: the definition of actors, its roles, settings, and the credentials of a broker.
   *
   * @param broker With a management interface there is a transport `seen` beside `default`, of which KEDA asks that; with TLS
   * there is a transport `sealed`, for which the Secret `broker-ca` says who vouches.
   */
  static async make(
    control: ControlPlane,
    broker:
      & Pick<RabbitmqServer, "port" | "user" | "password">
      & Partial<Pick<RabbitmqServer, "management" | "tlsPort" | "certificate">>,
    { meshes = {}, settings = {} }: SiteOptions = {},
  ): Promise<ControllerSite> {
    const { client } = control;
    await client.apply(actorDefinition() as unknown as KubeObject, BY_TEST);
    await established(client, DEFINITION_NAME);
    const site = new ControllerSite(control, await control.makeNamespace(), await serverFolder("controller"));
    await site.restoreRoles();
    const { port, user, password, management = "", tlsPort = 0, certificate = "" } = broker;
    const transport = { address: `rabbitmq://127.0.0.1:${port}`, credentials: { secret: "broker" } };
    const transports = {
      default: transport,
      ...(management === "" ? {} : { seen: { ...transport, management } }),
      ...(tlsPort === 0 ? {} : {
        sealed: {
          ...transport,
          address: `rabbitmqs://127.0.0.1:${tlsPort}`,
          tls: { secret: "broker-ca" },
        },
      }),
      ...Object.fromEntries(
        Object.entries(meshes).map(([name, mesh]) => [
          name,
          { address: `${transport.address}?namespace=${mesh}`, credentials: { secret: name } },
        ]),
      ),
    };
    const file = {
      apiVersion: "troupe.dev/v1alpha1",
      kind: "ControllerSettings",
      spec: { image: "registry.example.com/troupe-host@sha256:0123", transports, ...settings },
    };
    await Deno.writeTextFile(join(site.#folder, "settings.yaml"), JSON.stringify(file));
    for (const name of Object.keys(transports)) {
      const folder = join(site.#folder, "brokers", name);
      await Deno.mkdir(folder, { recursive: true });
      await Deno.writeTextFile(join(folder, "username"), user);
      await Deno.writeTextFile(join(folder, "password"), password);
      if (name === "sealed") await Deno.copyFile(certificate, join(folder, "ca.crt"));
    }
    return site;
  }

  /** Gives the controller the roles that it ships. */
  async restoreRoles(): Promise<void> {
    for (const object of rbac(this.namespace)) {
      await this.control.client.apply(object as unknown as KubeObject, BY_TEST);
    }
  }

  /**
   * Starts a replica.
   *
   * @param options `port`: of a proxy before the API server; `workers`: for how many actors it works at once; `leaseSeconds`:
   * instead of {@linkcode LEASE_SECONDS}.
   */
  async start(
    identity: string,
    options: { readonly port?: number; readonly workers?: number; readonly leaseSeconds?: number } = {},
  ): Promise<LoggedProcess> {
    const { workers, leaseSeconds = LEASE_SECONDS, ...through } = options;
    const token = await this.control.token({ namespace: this.namespace, name: FIELD_MANAGER });
    const kubeconfig = await this.control.kubeconfig({ token }, { namespace: this.namespace, ...through });
    const running = await startController({
      settings: join(this.#folder, "settings.yaml"),
      brokers: join(this.#folder, "brokers"),
      log: join(this.#folder, `${identity}_${crypto.randomUUID().slice(0, 8)}.log`),
      ...{ kubeconfig, identity, leaseSeconds, workers },
    });
    await running.says("it runs");
    return running;
  }

  /** The requests with which the controller has written something; not those of its lease. */
  async writes(): Promise<AuditedRequest[]> {
    return (await this.control.requests()).filter((request) => this.isWrite(request));
  }

  /** Whether a request is one of {@linkcode writes}. */
  isWrite({ user, verb, objectRef }: AuditedRequest): boolean {
    return user.username === `system:serviceaccount:${this.namespace}:${FIELD_MANAGER}` &&
      ["create", "update", "patch", "delete"].includes(verb) && objectRef?.resource !== "leases";
  }

  /** Resolves when leases were renewed so many times more: that much time has passed for the controller. */
  async renewals(count: number): Promise<void> {
    const isRenewal = ({ verb, objectRef }: AuditedRequest) =>
      verb === "update" && objectRef?.resource === "leases" && objectRef.namespace === this.namespace;
    const before = (await this.control.requests()).filter(isRenewal).length;
    await this.control.requestsUntil((all) => all.filter(isRenewal).length >= before + count);
  }
}

/** Waits until a definition can be used. */
async function established(client: KubeClient, name: string): Promise<void> {
  await until(
    client,
    { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", name },
    (object) => conditionOf(object, "Established")?.status === "True",
  );
}

/**
 * Installs definitions of KEDA's kinds that take everything: KEDA itself is not here, and what it would say of a ScaledObject
 * a test says.
 */
export async function installKedaKinds(client: KubeClient): Promise<void> {
  for (const kind of ["ScaledObject", "TriggerAuthentication"]) {
    const plural = `${kind.toLowerCase()}s`;
    const schema = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
    await client.apply({
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: `${plural}.keda.sh` },
      spec: {
        group: "keda.sh",
        scope: "Namespaced",
        names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
        versions: [{
          name: "v1alpha1",
          served: true,
          storage: true,
          schema: { openAPIV3Schema: schema },
          subresources: { status: {} },
        }],
      },
    }, BY_TEST);
    await established(client, `${plural}.keda.sh`);
  }
}

/** Says of a ScaledObject what KEDA would say of one that it scales. */
export async function sayAsKeda(client: KubeClient, namespace: string, actor: string): Promise<void> {
  await client.merge(
    childOf(namespace, actor, "ScaledObject"),
    { status: { conditions: [{ type: "Ready", status: "True", reason: "ScaledObjectReady", message: "" }] } },
    { subresource: "status" },
  );
}
