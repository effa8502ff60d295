/**
 * Why the controller or the crew does not come up: its own status does not say, its pods do.
 *
 * @module
 */

import { isKubeError, type KubeClient, type ObjectRef } from "@troupe/controller/kube";
import { workloadVerdict } from "@troupe/controller/workload";
import { z } from "zod";
import type { Progress } from "./progress.ts";

const Selecting = z.looseObject({
  spec: z.looseObject({
    selector: z.looseObject({ matchLabels: z.record(z.string(), z.string()) }),
  }),
});

/** How it goes with a Deployment or a StatefulSet, with what its pods say; as it was where one may not look at them. */
export async function withReason(client: KubeClient, ref: ObjectRef, progress: Progress): Promise<Progress> {
  try {
    const workload = await client.find(ref);
    if (workload === undefined) return progress;
    const { spec: { selector: { matchLabels } } } = Selecting.parse(workload);
    const labelSelector = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`).join(",");
    const selection = { namespace: ref.namespace, labelSelector };
    const { items: pods } = await client.list({ apiVersion: "v1", kind: "Pod" }, selection);
    const { status, reason, message } = workloadVerdict({ deployment: workload, pods, before: undefined });
    return status === "False" ? { ...progress, state: "failed", reason, message } : progress;
  } catch (error) {
    if (isKubeError(error, "troupe.KubeForbidden")) return progress;
    throw error;
  }
}
