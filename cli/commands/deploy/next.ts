/**
 * What a person may want to do with a mesh that works.
 *
 * @module
 */

import type { MeshActor } from "./mesh_folder.ts";

/** The commands, with what each is for. */
export function nextSteps(
  { actors, namespace, context }: {
    readonly actors: readonly Pick<MeshActor, "name">[];
    readonly namespace: string;
    /** The context that was named, if one was. */
    readonly context: string | undefined;
  },
): string {
  const kubectl = `kubectl${context === undefined ? "" : ` --context ${context}`} -n ${namespace}`;
  const first = actors[0]?.name ?? "NAME";
  return `
How it goes:
  ${kubectl} get actors
  ${kubectl} describe actor ${first}
Send it an envelope, from where the broker can be reached (docs/rabbitmq.md):
  TROUPE_RABBITMQ_USER=… TROUPE_RABBITMQ_PASSWORD=… \\
    troupe send ${first} '{}' --transport 'rabbitmq://BROKER/?namespace=${namespace}'`;
}
