/**
 * What is between a client and an API server, and knows what a call is: a test can hold a call, answer it in the API server's
 * place, or have watches fall silent.
 *
 * It ends the client's TLS, with the API server's own certificate, and calls the API server anew.
 *
 * @module
 */

import type { ControlPlane } from "./control_plane.ts";

/** A call, as the client made it. */
export interface ApiCall {
  readonly method: string;
  /** With its query. */
  readonly url: URL;
  /** Whether its answer goes on until one of the two ends it. */
  readonly isWatch: boolean;
  /** The namespace that it is about; empty where it is about none. */
  readonly namespace: string;
  /** What the client sends; empty where it sends nothing. */
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Passes calls on to an API server, unless a test wants something else. */
export class ApiProxy {
  /** Where it listens, on loopback. */
  readonly port: number;
  /** What is done before a call is passed on: it can wait, and it can answer in the API server's place. */
  onCall: (call: ApiCall) => Promise<Response | undefined> | Response | undefined = () => undefined;
  readonly #target: string;
  readonly #client: Deno.HttpClient;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #ending = new AbortController();
  readonly #watches = new Set<{ silent: boolean; readonly end: PromiseWithResolvers<void> }>();

  private constructor(
    target: number,
    { authority, cert, key }: Record<"authority" | "cert" | "key", string>,
  ) {
    this.#target = `https://127.0.0.1:${target}`;
    this.#client = Deno.createHttpClient({ caCerts: [authority], http2: false });
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, cert, key, onListen: () => {} },
      (request) => this.#answer(request),
    );
    this.port = this.#server.addr.port;
  }

  /** Starts one before the API server of a control plane. */
  static async start(control: ControlPlane): Promise<ApiProxy> {
    const [authority, certificate] = await Promise.all([control.authority(), control.serverCertificate()]);
    return new ApiProxy(control.port, { authority, ...certificate });
  }

  /** Those watches that there are tell nothing any more, and do not end: their bytes just stop. Others are as ever. */
  silenceWatches(): void {
    for (const watch of this.#watches) watch.silent = true;
  }

  /** Those watches that there are break off. */
  cutWatches(): void {
    for (const watch of this.#watches) watch.end.reject(new Error("cut by the test"));
  }

  /** Ends it, and all calls through it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await this.#server.shutdown();
    this.#client.close();
  }

  async #answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const call: ApiCall = {
      method: request.method,
      url,
      isWatch: url.searchParams.get("watch") === "true",
      namespace: /\/namespaces\/([^/]+)\//.exec(url.pathname)?.[1] ?? "",
      body: await request.bytes().catch(() => new Uint8Array()),
    };
    try {
      const instead = await this.onCall(call);
      if (instead) return instead;
      const headers = new Headers(request.headers);
      // What comes packed is unpacked on the way, and would be said to be packed still.
      headers.set("accept-encoding", "identity");
      const answer = await fetch(`${this.#target}${url.pathname}${url.search}`, {
        method: request.method,
        headers,
        ...call.body.length > 0 ? { body: call.body } : {},
        client: this.#client,
        signal: this.#ending.signal,
      });
      const body = call.isWatch ? answer.body?.pipeThrough(this.#passing()) ?? null : answer.body;
      return new Response(body, { status: answer.status, headers: answer.headers });
    } catch (error) {
      // The client has gone, or the API server is not there: nobody hears it, or it is what a gateway says.
      return new Response(`the proxy got no answer: ${error}`, { status: 502 });
    }
  }

  #passing(): TransformStream<Uint8Array, Uint8Array> {
    const watch = { silent: false, end: Promise.withResolvers<void>() };
    this.#watches.add(watch);
    const ended = () => this.#watches.delete(watch);
    return new TransformStream({
      start: (controller) => {
        watch.end.promise.catch((error) => {
          ended();
          controller.error(error);
        });
        this.#ending.signal.addEventListener("abort", () => watch.end.resolve(), { once: true });
      },
      transform(chunk, controller) {
        if (!watch.silent) controller.enqueue(chunk);
      },
      // Not even its end is heard of.
      flush: () => watch.silent ? watch.end.promise : void ended(),
    });
  }
}

/** The answer of an API server that does not do what it was asked for. */
export function statusAnswer(
  code: number,
  { reason, message, headers = {} }: {
    readonly reason: string;
    readonly message: string;
    readonly headers?: Record<string, string>;
  },
): Response {
  return Response.json(
    { apiVersion: "v1", kind: "Status", status: "Failure", code, reason, message, metadata: {} },
    { status: code, headers },
  );
}
