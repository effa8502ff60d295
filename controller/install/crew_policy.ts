/**
 * Whom the pods of a crew may speak to: the servers of their settings, and nobody else.
 *
 * @module
 */

import { CREW } from "@troupe/host/actor_name";
import { rule, toNames, toObjects, toPeer, toStore, toTransport } from "../build/egress.ts";
import { type Crew, crewLabels, crewName, FIRST_PORT } from "./crew_places.ts";
import { metadataIn } from "./labels.ts";
import type { InstallPolicy } from "./objects.ts";

/** The NetworkPolicy. */
export function crewPolicy(crew: Crew): InstallPolicy {
  const { settings, transport, namespace } = crew;
  const { scrapers, others } = settings.network;
  const ports = settings.store === undefined
    ? { port: FIRST_PORT, endPort: FIRST_PORT + CREW.length - 1 }
    : { port: FIRST_PORT };
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: metadataIn(namespace, { name: crewName(crew), labels: crewLabels(crew) }),
    spec: {
      podSelector: { matchLabels: crewLabels(crew) },
      policyTypes: ["Ingress", "Egress"],
      ...(scrapers.length === 0
        ? {}
        : { ingress: [{ from: scrapers.map(toPeer), ports: [{ protocol: "TCP", ...ports }] }] }),
      egress: [
        ...toNames(settings),
        ...toTransport(transport),
        ...toStore(settings),
        ...toObjects(settings),
        ...rule(others.map(toPeer)),
      ],
    },
  };
}
