/**
 * What a person may want to do with a mesh that works.
 *
 * @module
 */

import { transportAddress } from "@troupe/controller/mesh_place";
import type { ControllerSettings } from "@troupe/controller/settings";
import type { MeshActor } from "./mesh_folder.ts";

/** What the commands are about. */
export interface Deployed {
  readonly actors: readonly Pick<MeshActor, "name" | "manifest">[];
  readonly namespace: string;
  /** The context that was named, if one was. */
  readonly context: string | undefined;
  /** Undefined where they are not known here. */
  readonly settings: ControllerSettings | undefined;
}

/** The commands, with what each is for. */
export function nextSteps({ actors, namespace, context, settings }: Deployed): string {
  const kubectl = `kubectl${context === undefined ? "" : ` --context ${context}`} -n ${namespace}`;
  const [first] = actors;
  const name = first?.name ?? "NAME";
  const transport = settings?.transports[first?.manifest.spec.transport ?? "default"];
  const address = transport === undefined
    ? `rabbitmq://BROKER/?namespace=${namespace}`
    : transportAddress(transport, namespace);
  return `
How it goes:
  ${kubectl} get actors
  ${kubectl} describe actor ${name}
Send it an envelope, from where the broker can be reached (docs/rabbitmq.md):
  TROUPE_RABBITMQ_USER=… TROUPE_RABBITMQ_PASSWORD=… \\
    troupe send ${name} '{}' --transport '${address}'`;
}
