/**
 * What a pod refers to, read from the API server: ConfigMaps, Secrets, and its account.
 *
 * @module
 */

import type { KubeObject } from "@troupe/controller/kube";
import { decodeBase64 } from "@std/encoding/base64";
import { z } from "zod";
import type { V1PodSpec } from "../../controller/build/kubernetes.ts";
import type { ClusterData, Data } from "../image/_kubelet.ts";
import type { ControlPlane } from "./control_plane.ts";

const DataSchema = z.looseObject({
  data: z.record(z.string(), z.string()).default({}),
  binaryData: z.record(z.string(), z.string()).default({}),
});

/** Sources of the volume that the API server adds to a pod whose account has its token mounted. */
const AccountSchema = z.looseObject({
  projected: z.looseObject({
    sources: z.tuple([
      z.looseObject({
        serviceAccountToken: z.looseObject({ path: z.literal("token"), expirationSeconds: z.number() }),
      }),
      z.looseObject({ configMap: z.looseObject({ name: z.literal("kube-root-ca.crt") }) }),
      z.looseObject({ downwardAPI: z.looseObject({}) }),
    ]),
  }),
});

/** A pod as it is to be run: its volumes are what a container is run with, and what they refer to is there. */
export interface PodNeeds {
  readonly spec: V1PodSpec;
  readonly cluster: ClusterData;
}

/**
 * Reads what a pod refers to.
 *
 * The token of its account is asked for as a kubelet does, bound to the pod. Whom that trusts is in a ConfigMap of each
 * namespace, which nobody makes here; it is given as the control plane has it.
 */
export async function needsOf(control: ControlPlane, pod: KubeObject): Promise<PodNeeds> {
  const { namespace = "", name = "", uid = "" } = pod.metadata;
  const spec = pod.spec as V1PodSpec;
  const secrets: Record<string, Data> = await all(control, "Secret", namespace);
  const configMaps = await all(control, "ConfigMap", namespace);
  const volumes = await Promise.all((spec.volumes ?? []).map(async (volume) => {
    const account = AccountSchema.safeParse(volume).data;
    if (!account) return volume;
    const [{ serviceAccountToken: { expirationSeconds } }] = account.projected.sources;
    const ref = { apiVersion: "v1", kind: "ServiceAccount", namespace, name: spec.serviceAccountName ?? "" };
    const answer = await control.client.post(ref, "token", {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenRequest",
      metadata: {},
      spec: { expirationSeconds, boundObjectRef: { apiVersion: "v1", kind: "Pod", name, uid } },
    });
    const { status: { token } } = z.looseObject({ status: z.looseObject({ token: z.string() }) }).parse(
      answer,
    );
    secrets[volume.name] = { token, namespace, "ca.crt": await control.authority() };
    return { name: volume.name, secret: { secretName: volume.name, defaultMode: 0o600 } };
  }));
  return { spec: { ...spec, volumes }, cluster: { secrets, configMaps } };
}

/** Everything of a kind, by name. */
async function all(
  { client }: ControlPlane,
  kind: "Secret" | "ConfigMap",
  namespace: string,
): Promise<Record<string, Data>> {
  const { items } = await client.list({ apiVersion: "v1", kind }, { namespace });
  return Object.fromEntries(items.map((object) => {
    const { data, binaryData } = DataSchema.parse(object);
    const bytes = (texts: Readonly<Record<string, string>>) =>
      Object.fromEntries(Object.entries(texts).map(([key, value]) => [key, decodeBase64(value)]));
    return [object.metadata.name, kind === "Secret" ? bytes(data) : { ...data, ...bytes(binaryData) }];
  }));
}
