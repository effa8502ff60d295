/**
 * What a controller says over HTTP: that it lives, whether it can work, and what it has counted.
 *
 * @module
 */

import { Hono } from "hono";
import { TroupeError } from "@troupe/host/errors";
import type { ControllerMetrics } from "./metrics.ts";

/** What the answers are made of. */
export interface HealthSources {
  readonly metrics: ControllerMetrics;
  /** Why it cannot work; empty when it can. A replica that stands by can. */
  readonly problem: () => string;
}

/** The address for health and metrics cannot be listened on. */
export class ListenError extends TroupeError {
  constructor(address: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(
      "troupe.Listen",
      "user",
      `${address} cannot be listened on (${why}): name another with --health-host and --health-port`,
      {
        cause,
      },
    );
  }
}

/**
 * The routes: `/livez` (200 while the process lives), `/readyz` (200, or 503 with the reason) and `/metrics`.
 *
 * @example
 * ```ts
 * import { healthApp } from "./health.ts";
 * import { ControllerMetrics } from "./metrics.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const app = healthApp({ metrics: new ControllerMetrics(), problem: () => "the API server does not answer" });
 * assertEquals((await app.request("/livez")).status, 200);
 * assertEquals((await app.request("/readyz")).status, 503);
 * ```
 */
export function healthApp({ metrics, problem }: HealthSources): Hono {
  const app = new Hono();
  app.get("/livez", (c) => c.json({ status: "alive" }));
  app.get("/readyz", (c) => {
    const reason = problem();
    return reason === "" ? c.json({ status: "ready" }) : c.json({ status: "not ready", reason }, 503);
  });
  app.get("/metrics", async (c) => {
    const { contentType, text } = await metrics.render();
    return c.body(text, 200, { "content-type": contentType });
  });
  return app;
}

/** Serves the routes; port 0 takes any that is free. @throws {ListenError} */
export function serveHealth(
  sources: HealthSources,
  { port, hostname }: { readonly port: number; readonly hostname: string },
): { readonly port: number; close(): Promise<void> } {
  try {
    const server = Deno.serve({ port, hostname, onListen: () => {} }, healthApp(sources).fetch);
    return { port: server.addr.port, close: () => server.shutdown() };
  } catch (error) {
    throw new ListenError(`${hostname}:${port}`, error);
  }
}
