/**
 * What is in a cluster of Troupe: all objects of all kinds are looked at, also those that nobody thinks of.
 *
 * @module
 */

import type { KubeClient, KubeObject } from "@troupe/controller/kube";
import { z } from "zod";

const GroupsSchema = z.looseObject({
  groups: z.array(z.looseObject({ preferredVersion: z.looseObject({ groupVersion: z.string() }) })),
});
const ResourcesSchema = z.looseObject({
  resources: z.array(z.looseObject({ name: z.string(), kind: z.string(), verbs: z.array(z.string()) })),
});

/** What is Troupe's by its labels, or by its name. */
function isOurs({ metadata: { name = "", labels = {} } }: KubeObject): boolean {
  return labels["app.kubernetes.io/part-of"] === "troupe" || name.endsWith("troupe.dev") ||
    Object.keys(labels).some((label) => label.startsWith("troupe.dev/"));
}

/** Such objects, as `Kind namespace/name`. */
export async function leftOver(client: KubeClient): Promise<string[]> {
  const { groups } = GroupsSchema.parse(await client.requests.json("GET", "/apis"));
  const versions = ["v1", ...groups.map(({ preferredVersion }) => preferredVersion.groupVersion)];
  const found: string[] = [];
  for (const apiVersion of versions) {
    const path = apiVersion === "v1" ? "/api/v1" : `/apis/${apiVersion}`;
    const { resources } = ResourcesSchema.parse(await client.requests.json("GET", path));
    for (const { name, kind, verbs } of resources) {
      if (!verbs.includes("list") || name.includes("/")) continue;
      const { items } = await client.list({ apiVersion, kind });
      for (const object of items.filter(isOurs)) {
        found.push(`${kind} ${object.metadata.namespace ?? ""}/${object.metadata.name}`);
      }
    }
  }
  return found.sort();
}
