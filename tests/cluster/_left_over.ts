/**
 * What is in a cluster of Troupe: all objects of all kinds are looked at, also those that nobody thinks of.
 *
 * @module
 */

import { isKubeError, type KubeClient } from "@troupe/controller/kube";
import { z } from "zod";

const GroupsSchema = z.looseObject({
  groups: z.array(z.looseObject({ preferredVersion: z.looseObject({ groupVersion: z.string() }) })),
});
const ResourcesSchema = z.looseObject({
  resources: z.array(z.looseObject({ name: z.string(), kind: z.string(), verbs: z.array(z.string()) })),
});

/** Lists of some kinds are less than those of objects that are stored. */
const ItemsSchema = z.looseObject({
  items: z.array(z.looseObject({
    metadata: z.looseObject({
      name: z.string().default(""),
      namespace: z.string().default(""),
      labels: z.record(z.string(), z.string()).default({}),
    }),
  })).nullable().transform((items) => items ?? []),
});
type Item = z.output<typeof ItemsSchema>["items"][number];

/** What is Troupe's by its labels, or by its name. */
function isOurs({ metadata: { name, labels } }: Item): boolean {
  return labels["app.kubernetes.io/part-of"] === "troupe" ||
    /^troupe-(controller|crew|x-)|troupe\.dev$/.test(name) ||
    Object.keys(labels).some((label) => label.startsWith("troupe.dev/"));
}

/** What is at a path: a definition that was deleted in this moment is still listed. */
async function found(client: KubeClient, path: string): Promise<unknown> {
  try {
    return await client.requests.json("GET", path);
  } catch (error) {
    if (isKubeError(error, "troupe.KubeNotFound")) return undefined;
    throw error;
  }
}

/** Such objects, as `Kind namespace/name`. */
export async function leftOver(client: KubeClient): Promise<string[]> {
  const { groups } = GroupsSchema.parse(await client.requests.json("GET", "/apis"));
  const versions = ["v1", ...groups.map(({ preferredVersion }) => preferredVersion.groupVersion)]
    // What is measured is no object.
    .filter((version) => !version.includes("metrics.k8s.io"));
  const ours: string[] = [];
  for (const apiVersion of versions) {
    const path = apiVersion === "v1" ? "/api/v1" : `/apis/${apiVersion}`;
    const { resources } = ResourcesSchema.parse(await found(client, path) ?? { resources: [] });
    for (const { name, kind, verbs } of resources) {
      // What happened is kept for an hour, and then forgotten.
      if (!verbs.includes("list") || name.includes("/") || kind === "Event") continue;
      const { items } = ItemsSchema.parse(await found(client, `${path}/${name}`) ?? { items: [] });
      for (const object of items.filter(isOurs)) {
        ours.push(`${kind} ${object.metadata.namespace}/${object.metadata.name}`);
      }
    }
  }
  return ours.sort();
}
