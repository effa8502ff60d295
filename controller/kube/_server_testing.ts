/**
 * A server for tests of how calls are made: it is no Kubernetes, and answers what a test says.
 *
 * @module
 */

import { KubeClient } from "./client.ts";

/** A server, and a client that calls it. */
export interface TestServer extends AsyncDisposable {
  readonly client: KubeClient;
  /** Requests so far, such as `GET /version`. */
  readonly calls: readonly string[];
}

/**
 * Starts a server on loopback.
 *
 * @param answer What it answers, to which of the requests, from which port; a promise that does not resolve is a server that
 * hangs.
 */
export async function serve(
  answer: (request: Request, count: number, port: number) => Response | Promise<Response>,
  options: { readonly limitMs?: number } = {},
): Promise<TestServer> {
  const calls: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request, info) => {
    const { pathname } = new URL(request.url);
    calls.push(`${request.method} ${pathname}`);
    return answer(request, calls.length, info.remoteAddr.port);
  });
  const folder = await Deno.makeTempDir({ prefix: "troupe_kube_" });
  const file = `${folder}/kubeconfig`;
  await Deno.writeTextFile(file, kubeconfig(`http://127.0.0.1:${server.addr.port}`));
  const client = await KubeClient.open({ file, ...options });
  return {
    client,
    calls,
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await server.shutdown();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** A kubeconfig of a server without TLS. */
export function kubeconfig(server: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "c", cluster: { server, "insecure-skip-tls-verify": true } }],
    users: [{ name: "u", user: { token: "secret" } }],
    contexts: [
      { name: "one", context: { cluster: "c", user: "u", namespace: "mesh" } },
      { name: "two", context: { cluster: "c", user: "u" } },
    ],
    "current-context": "one",
  });
}
