/**
 * What a host says over HTTP: that it lives, whether it can work, and what it has counted.
 *
 * @module
 */

import { Hono } from "hono";
import { TroupeError } from "../errors.ts";
import type { PrometheusMetrics } from "./metrics.ts";

/** A reason not to be ready. */
export interface Problem {
  /** The part that it concerns, such as `transport` or an actor's name. */
  readonly part: string;
  readonly reason: string;
}

/** What the answers are made of. */
export interface HealthSources {
  /** Why it cannot work at the moment; empty when it can. */
  readonly problems: () => readonly Problem[];
  /** What was counted; without it, there is no `/metrics`. */
  readonly metrics?: PrometheusMetrics;
  /** Called before metrics are rendered. When it fails, or takes long, they are rendered as they are. */
  readonly refresh?: () => Promise<void>;
  /** Told why metrics could not be refreshed. @default nothing is done */
  readonly onRefreshFailure?: (error: unknown) => void;
}

/** How long metrics are waited for to be refreshed, in milliseconds: what can be counted matters most in trouble. */
const REFRESH_MS = 2_000;

/**
 * The routes: `/healthz` (200 while the process lives), `/readyz` (200, or 503 with the reasons) and `/metrics`.
 *
 * @example
 * ```ts
 * import { healthApp } from "@troupe/host/observe/health";
 * import { assertEquals } from "@std/assert";
 *
 * const app = healthApp({ problems: () => [{ part: "transport", reason: "the disk is full" }] });
 * assertEquals((await app.request("/readyz")).status, 503);
 * ```
 */
export function healthApp(sources: HealthSources): Hono {
  const { problems, metrics } = sources;
  const app = new Hono();
  app.get("/healthz", (c) => c.json({ status: "alive" }));
  app.get("/readyz", (c) => {
    const found = problems();
    return found.length === 0
      ? c.json({ status: "ready" })
      : c.json({ status: "not ready", problems: found }, 503);
  });
  if (metrics) {
    app.get("/metrics", async (c) => {
      await refreshed(sources);
      metrics.ready(problems().length === 0);
      const { contentType, text } = await metrics.render();
      return c.body(text, 200, { "content-type": contentType });
    });
  }
  return app;
}

async function refreshed({ refresh, onRefreshFailure = () => {} }: HealthSources): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const enough = new Promise<void>((resolve) => timer = setTimeout(resolve, REFRESH_MS));
  await Promise.race([refresh?.().catch(onRefreshFailure), enough]);
  clearTimeout(timer);
}

/** The port that was asked for cannot be had. */
export class PortTakenError extends TroupeError {
  constructor(port: number, options?: ErrorOptions) {
    super(
      "troupe.PortTaken",
      "user",
      `Port ${port} is taken: name another one, or 0 for any that is free`,
      options,
    );
  }
}

/** This machine has no such address to listen on. */
export class NoSuchAddressError extends TroupeError {
  constructor(hostname: string, options?: ErrorOptions) {
    super(
      "troupe.NoSuchAddress",
      "user",
      `This machine has no address ${hostname} to listen on: name one that it has, or 0.0.0.0 for all of them`,
      options,
    );
  }
}

/** A running server. */
export interface HealthServer {
  /** The port that it listens on. */
  readonly port: number;
  /** Answers what it has been asked, and ends. */
  close(): Promise<void>;
}

/**
 * Serves the routes.
 *
 * @param options `port`: 0 takes any that is free; `hostname`. @default hostname "127.0.0.1"
 * @throws {PortTakenError} when the port is taken.
 * @throws {NoSuchAddressError} when the machine does not have the address.
 */
export function serveHealth(
  sources: HealthSources,
  { port, hostname = "127.0.0.1" }: { readonly port: number; readonly hostname?: string },
): HealthServer {
  try {
    const server = Deno.serve({ port, hostname, onListen: () => {} }, healthApp(sources).fetch);
    return { port: server.addr.port, close: () => server.shutdown() };
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) throw new PortTakenError(port, { cause: error });
    if (error instanceof Deno.errors.AddrNotAvailable) {
      throw new NoSuchAddressError(hostname, { cause: error });
    }
    throw error;
  }
}
