/**
 * Whether KEDA is there.
 *
 * @module
 */

import { isKubeError, type KubeClient } from "@troupe/controller/kube";
import type { Teller } from "./tell.ts";

/** The version that what is made for actors is written for. */
const TESTED = { major: 2, minor: 20 } as const;
const SCALED_OBJECT = { apiVersion: "keda.sh/v1alpha1", kind: "ScaledObject" };
const DEFINITION = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  name: "scaledobjects.keda.sh",
};

/** Says whether KEDA is there, and which. */
export async function checkKeda(
  client: KubeClient,
  { teller, signal }: { readonly teller: Teller; readonly signal: AbortSignal },
): Promise<boolean> {
  try {
    await client.resource(SCALED_OBJECT);
  } catch (error) {
    if (!isKubeError(error, "troupe.KubeUnknownKind")) throw error;
    const wanted = `${TESTED.major}.${TESTED.minor}`;
    teller.step({
      state: "bad",
      text: "KEDA: this cluster has none, and nobody else would start actors",
      advice: `Install version ${wanted} or later: https://keda.sh/docs/${wanted}/deploy/`,
    });
    return false;
  }
  const version = await versionOf(client, signal);
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version ?? "") ?? [];
  if (major === undefined || minor === undefined) {
    teller.step({ state: "ok", text: "KEDA: it is there; which version it is cannot be told" });
    return true;
  }
  const old = Number(major) < TESTED.major ||
    (Number(major) === TESTED.major && Number(minor) < TESTED.minor);
  teller.step({
    state: old ? "warn" : "ok",
    text: `KEDA: version ${version}`,
    ...(old ? { advice: `It is older than ${TESTED.major}.${TESTED.minor}, with which this is tried.` } : {}),
  });
  return true;
}

/** The version that the definitions of its kinds are labelled with; undefined where it cannot be told. */
async function versionOf(client: KubeClient, signal: AbortSignal): Promise<string | undefined> {
  try {
    const { metadata } = await client.get(DEFINITION, { signal });
    return metadata.labels?.["app.kubernetes.io/version"];
  } catch (error) {
    if (isKubeError(error, "troupe.KubeForbidden")) return undefined;
    throw error;
  }
}
