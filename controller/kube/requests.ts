/**
 * Calls to an API server, with a limit and an error that says what became of them.
 *
 * @module
 */

import { Limit } from "./_limit.ts";
import { pause } from "./_pause.ts";
import {
  HttpMethod,
  IsomorphicFetchHttpLibrary,
  RequestContext,
  type ResponseContext,
} from "./client_node.ts";
import { errorOfAnswer, isKubeError, KubeError } from "./errors.ts";
import type { KeptKubeConfig } from "./kube_config.ts";

/** How long a call may take, in milliseconds, with all that is waited and repeated in it. */
export const DEFAULT_LIMIT_MS = 15_000;
/** The least time before a call is repeated that the API server put off, in milliseconds. */
const LEAST_PAUSE_MS = 100;

/** What a call is made with. */
export interface RequestOptions {
  /** @default none */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON. @default none */
  readonly body?: unknown;
  /** What the body is. @default application/json */
  readonly contentType?: string;
  /** What the answer is to be, such as the metadata of an object alone. @default application/json */
  readonly accept?: string;
  /** Ends the call early; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** How long it may take, in milliseconds. @default {@linkcode DEFAULT_LIMIT_MS} */
  readonly limitMs?: number | undefined;
}

/** Sends and gets JSON as it is: no key is lost on the way. */
export class Requests {
  readonly #config: KeptKubeConfig;
  readonly #server: string;
  readonly #http = new IsomorphicFetchHttpLibrary();
  readonly #limitMs: number;

  /** @param options `limitMs`: how long a call may take that does not say it. */
  constructor(config: KeptKubeConfig, { limitMs = DEFAULT_LIMIT_MS }: { readonly limitMs?: number } = {}) {
    this.#config = config;
    this.#server = (config.getCurrentCluster()?.server ?? "").replace(/\/+$/, "");
    this.#limitMs = limitMs;
  }

  /**
   * Makes a call, and makes it again when the API server puts it off (429 with `Retry-After`), as long as its limit allows.
   *
   * @param path From the server's root, such as `/api/v1/nodes`.
   * @returns The answer, parsed.
   * @throws {KubeError} when it did not do what it should.
   */
  async json(method: keyof typeof HttpMethod, path: string, options: RequestOptions = {}): Promise<unknown> {
    const text = await this.text(method, path, options);
    try {
      return JSON.parse(text);
    } catch (cause) {
      const message = `${method} ${path}: the answer is not JSON, but begins with ${text.slice(0, 100)}`;
      throw new KubeError("troupe.KubeBadAnswer", message, { cause });
    }
  }

  /** As {@linkcode json}, for an answer that is plain text. */
  async text(method: keyof typeof HttpMethod, path: string, options: RequestOptions = {}): Promise<string> {
    const { signal, limitMs = this.#limitMs } = options;
    const end = performance.now() + limitMs;
    using limit = new Limit(limitMs, signal);
    for (;;) {
      try {
        const answer = await this.#send(method, path, options, limit);
        return await this.#attempt(`${method} ${path}`, limit, () => answer.body.text());
      } catch (error) {
        signal?.throwIfAborted();
        if (!isKubeError(error, "troupe.KubeTooManyRequests") || error.retryAfterMs === undefined) {
          throw error;
        }
        const waitMs = Math.max(LEAST_PAUSE_MS, error.retryAfterMs);
        if (performance.now() + waitMs >= end) throw error;
        await pause(waitMs, limit.signal);
      }
    }
  }

  /**
   * Begins a call whose answer is read as it comes.
   *
   * @param limit Ends the call; it is for the caller to say how long it lasts.
   * @throws {KubeError} when it did not do what it should.
   */
  async stream(
    path: string,
    options: Pick<RequestOptions, "query">,
    limit: Limit,
  ): Promise<ReadableStream<Uint8Array>> {
    const { body } = await this.#send("GET", path, options, limit);
    return body.stream() ?? new ReadableStream({ start: (controller) => controller.close() });
  }

  /** What an error that ended the reading of an answer means. */
  readError(call: string, cause: unknown, limit: Limit): unknown {
    if (cause instanceof KubeError) return cause;
    if (limit.expired) {
      return new KubeError("troupe.KubeTimeout", `${call}: no answer from ${this.#server} in time`, {
        cause,
      });
    }
    // Whoever aborted it knows why.
    if (limit.signal.aborted) return limit.signal.reason;
    return new KubeError("troupe.KubeUnreachable", `${call}: ${this.#server}: ${innermost(cause)}`, {
      cause,
    });
  }

  async #send(
    method: keyof typeof HttpMethod,
    path: string,
    options: RequestOptions,
    limit: Limit,
  ): Promise<ResponseContext> {
    const call = `${method} ${path}`;
    const context = await this.#context(method, path, options);
    context.setSignal(limit.signal);
    const answer = await this.#attempt(call, limit, () => this.#http.send(context).toPromise());
    if (answer.httpStatusCode < 300) return answer;
    const text = await this.#attempt(call, limit, () => answer.body.text());
    throw errorOfAnswer(call, answer.httpStatusCode, text, answer.headers["retry-after"]);
  }

  async #context(
    method: keyof typeof HttpMethod,
    path: string,
    { query = {}, body, contentType = "application/json", accept = "application/json" }: RequestOptions,
  ): Promise<RequestContext> {
    const context = new RequestContext(`${this.#server}${path}`, HttpMethod[method]);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) context.setQueryParam(name, String(value));
    }
    context.setHeaderParam("Accept", accept);
    context.setHeaderParam("User-Agent", "troupe");
    if (body !== undefined) {
      context.setHeaderParam("Content-Type", contentType);
      context.setBody(JSON.stringify(body));
    }
    try {
      await this.#config.applySecurityAuthentication(context);
    } catch (cause) {
      const message = `the credentials for ${this.#server} cannot be used: ${innermost(cause)}`;
      throw new KubeError("troupe.KubeConfig", message, { cause });
    }
    return context;
  }

  async #attempt<T>(call: string, limit: Limit, run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      throw this.readError(call, error, limit);
    }
  }
}

/** What is at the bottom of an error: `fetch failed` says nothing. */
function innermost(error: unknown): string {
  let at = error;
  while (at instanceof Error && at.cause instanceof Error) at = at.cause;
  return at instanceof Error ? at.message || at.name : String(at);
}
