/**
 * Health and metrics of a mesh over HTTP.
 *
 * @module
 */

import { type HealthServer, serveHealth } from "@troupe/host/observe/health";
import type { PrometheusMetrics } from "@troupe/host/observe/metrics";
import type { Mesh } from "../../mesh/mesh.ts";
import type { Teller } from "./teller.ts";

/** What to serve with. */
export interface ServeOptions {
  readonly metrics: PrometheusMetrics;
  readonly port: number;
  readonly teller: Teller;
}

/**
 * Serves, and says where.
 *
 * @param meshOf The mesh; none before it is open.
 * @throws {PortTakenError} when the port is taken.
 */
export function serveMesh(
  meshOf: () => Mesh | undefined,
  { metrics, port, teller }: ServeOptions,
): HealthServer {
  const server = serveHealth({
    problems: () => meshOf()?.problems() ?? [{ part: "mesh", reason: "it is starting" }],
    metrics,
    async refresh() {
      const mesh = meshOf();
      // A mesh that is ending has no queues to be looked at.
      if (mesh && !mesh.ending) metrics.queues(await mesh.transport.depths());
    },
  }, { port });
  const base = `http://127.0.0.1:${server.port}`;
  teller.tell("info", `metrics at ${base}/metrics, health at ${base}/healthz and ${base}/readyz`, {
    port: server.port,
  });
  return server;
}
