/**
 * A server in front of a registry, which does to its answers what a test wants done to them.
 *
 * @module
 */

/** What becomes of an answer. */
export type Tamper = (request: Request, answer: Response) => Response | Promise<Response>;

/** A running proxy. */
export interface TamperingProxy extends AsyncDisposable {
  /** As references begin. */
  readonly name: string;
  /** What is done; nothing at the start. */
  tamper: Tamper;
}

/** Starts one, on loopback. @param registry Host and port of the registry. */
export function tamperingProxy(registry: string): TamperingProxy {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const { pathname, search } = new URL(request.url);
    const headers = new Headers(request.headers);
    headers.delete("host");
    const answer = await fetch(`http://${registry}${pathname}${search}`, {
      method: request.method,
      headers,
      body: request.body,
      redirect: "manual",
    });
    return await proxy.tamper(request, answer);
  });
  const proxy: TamperingProxy = {
    name: `127.0.0.1:${server.addr.port}`,
    tamper: (_, answer) => answer,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
  return proxy;
}
