/**
 * What is in a cluster with KEDA: its kinds and its roles, as its module has them, and how its processes are reached.
 *
 * @module
 */

import type { KubeObject } from "@troupe/controller/kube";
import { join } from "@std/path";
import { parseAllDocuments } from "yaml";
import { z } from "zod";
import { KEDA } from "./binary.ts";

/** Its namespace. */
export const KEDA_NAMESPACE = "keda";
/** Its account in it. */
export const KEDA_ACCOUNT = "keda-operator";
/** The API of metrics that autoscalers ask. */
export const METRICS_API = "v1beta1.external.metrics.k8s.io";
/** Its service. */
const METRICS_SERVICE = "keda-metrics-apiserver";
const WEBHOOKS_FILE = "config/webhooks/validation_webhooks.yaml";

/** Where these are of the files of KEDA's module. */
const CRDS = "config/crd/bases";
const ROLES = [
  "config/service_account/service_account.yaml",
  "config/rbac/role.yaml",
  "config/rbac/role_binding.yaml",
  "config/metrics-server/role.yaml",
  "config/metrics-server/role_binding.yaml",
];

/** The folder of KEDA's module: it is in Go's cache, where it is built from. */
async function moduleFolder(): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("go", {
    args: ["mod", "download", "-json", "github.com/kedacore/keda/v2"],
    cwd: KEDA.module,
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (!success) throw new Error(`KEDA's module is not to be had: ${text(stderr)}${text(stdout)}`);
  return z.looseObject({ Dir: z.string() }).parse(JSON.parse(text(stdout))).Dir;
}

async function objectsIn(file: string): Promise<KubeObject[]> {
  const documents = parseAllDocuments(await Deno.readTextFile(file));
  return documents.map((document) => document.toJS() as KubeObject | null).filter((object) =>
    object !== null
  );
}

/** The definitions of its kinds. */
export async function kedaDefinitions(): Promise<KubeObject[]> {
  const folder = join(await moduleFolder(), CRDS);
  const names: string[] = [];
  for await (const { name } of Deno.readDir(folder)) if (name.endsWith(".yaml")) names.push(name);
  return (await Promise.all(names.sort().map((name) => objectsIn(join(folder, name))))).flat();
}

/** Its account and what that may do, its namespace first. */
export async function kedaRoles(): Promise<KubeObject[]> {
  const folder = await moduleFolder();
  const all = await Promise.all(ROLES.map((file) => objectsIn(join(folder, file))));
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: KEDA_NAMESPACE } },
    ...all.flat().map((object) =>
      object.kind === "ServiceAccount"
        ? { ...object, metadata: { ...object.metadata, namespace: KEDA_NAMESPACE } }
        : object
    ),
  ];
}

/** The API of metrics, at a port of this machine: without names and addresses of a cluster's own. */
export function metricsApi(port: number): KubeObject[] {
  const name = METRICS_SERVICE;
  return [
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name, namespace: KEDA_NAMESPACE },
      spec: { type: "ExternalName", externalName: "localhost", ports: [{ port, name: "https" }] },
    },
    {
      apiVersion: "apiregistration.k8s.io/v1",
      kind: "APIService",
      metadata: { name: METRICS_API },
      spec: {
        service: { name, namespace: KEDA_NAMESPACE, port },
        group: "external.metrics.k8s.io",
        version: "v1beta1",
        groupPriorityMinimum: 100,
        versionPriority: 100,
        // It is asked for by the name of the service, which the certificate does not have.
        insecureSkipTLSVerify: true,
      },
    },
  ];
}

const WebhooksShape = z.looseObject({
  webhooks: z.array(z.looseObject({
    name: z.string(),
    clientConfig: z.looseObject({ service: z.looseObject({ path: z.string() }) }),
  })),
});

/**
 * The admission of ScaledObjects and TriggerAuthentications, at a port of this machine. KEDA would have objects taken while
 * its webhooks are away; here they are refused then, as a test that asked nobody would show nothing.
 *
 * @param options `authority`: who vouches for the webhooks, PEM in Base64.
 */
export async function admission(
  { port, authority }: { readonly port: number; readonly authority: string },
): Promise<KubeObject[]> {
  const objects = await objectsIn(join(await moduleFolder(), WEBHOOKS_FILE));
  return objects.map((object) => {
    const { webhooks } = WebhooksShape.parse(object);
    return {
      ...object,
      webhooks: webhooks
        .filter(({ name }) => /^vs(caledobject|triggerauthentication)[.]/.test(name))
        .map(({ clientConfig: { service: { path } }, ...webhook }) => ({
          ...webhook,
          clientConfig: { url: `https://127.0.0.1:${port}${path}`, caBundle: authority },
          failurePolicy: "Fail",
        })),
    };
  });
}
