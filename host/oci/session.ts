/**
 * Asks a registry about one repository: signs in when asked to, follows where it leads without taking credentials there, and
 * tries again what may go better in a moment.
 *
 * @module
 */

import { pause as pauseFor } from "../pause.ts";
import { type Answer, askOnce, PassingFailure, type Question, wordsOf } from "./answer.ts";
import { type RegistryCredentials, secretsOf, withoutSecrets } from "./credentials.ts";
import { endpointOf, isLoopback } from "./endpoint.ts";
import { RegistryError } from "./errors.ts";
import type { OciReference } from "./reference.ts";
import { signIn } from "./sign_in.ts";

/** How a registry is asked. */
export interface RegistryOptions {
  /** @default one comes as nobody */
  readonly credentials?: RegistryCredentials | undefined;
  /** For one manifest or one component, with every attempt; when pushing, for all of it. In milliseconds. @default 60000 */
  readonly timeoutMs?: number | undefined;
  /** How long a registry may take to begin with an answer, in milliseconds. @default 20000 */
  readonly patienceMs?: number | undefined;
  /** Certificates of authorities to be trusted besides those of the system and of `DENO_CERT`, PEM. @default none */
  readonly caCerts?: readonly string[] | undefined;
  /** Told why something is tried again. @default nobody is */
  readonly onRetry?: ((problem: string) => void) | undefined;
  /** How one waits between two attempts. @default as the clock says */
  readonly pause?: ((ms: number, signal: AbortSignal) => Promise<void>) | undefined;
}

/** A request below `/v2/REPOSITORY/`, or to where the registry said that it goes on. */
export interface RegistryRequest extends Omit<Question, "url"> {
  readonly to: string | URL;
}

const TIMEOUT_MS = 60_000;
const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 500;
const MOST_REDIRECTS = 5;
/** The statuses that are followed whatever the method. */
const REDIRECTS_ALL: readonly number[] = [307, 308];
const REDIRECTS_READING: readonly number[] = [301, 302, 303, ...REDIRECTS_ALL];

/** Asks about one repository, for a bounded time. */
export class RegistrySession implements Disposable {
  readonly #base: URL;
  readonly #name: string;
  readonly #repository: string;
  readonly #actions: "pull" | "pull,push";
  readonly #options: RegistryOptions;
  readonly #timeoutMs: number;
  readonly #client: Deno.HttpClient;
  readonly #signal: AbortSignal;
  readonly #ends: number;
  #authorization: string | undefined;

  /** @param actions What is to be done there: `pull`, or `pull,push`. */
  constructor(
    { registry, repository }: Pick<OciReference, "registry" | "repository">,
    { actions, ...options }: RegistryOptions & { readonly actions: "pull" | "pull,push" },
  ) {
    this.#base = endpointOf({ registry, repository });
    this.#name = registry;
    this.#repository = repository;
    this.#actions = actions;
    this.#options = options;
    this.#timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    this.#client = Deno.createHttpClient({ caCerts: [...options.caCerts ?? []] });
    this.#signal = AbortSignal.timeout(this.#timeoutMs);
    this.#ends = performance.now() + this.#timeoutMs;
  }

  /**
   * The answer, which is not one that says to sign in, to go elsewhere or to come again.
   *
   * @throws {RegistryError} when there is none, or only one that denies.
   */
  async ask(request: RegistryRequest): Promise<Answer> {
    for (let attempt = 1;; attempt++) {
      try {
        const answer = await this.#askSignedIn(request);
        if (answer.status === 401 || answer.status === 403) throw this.#denied(answer);
        return answer;
      } catch (error) {
        if (error instanceof RegistryError) throw this.#hide(error);
        if (!(error instanceof PassingFailure)) throw error;
        await this.#pauseAfter(error, attempt);
      }
    }
  }

  /** The error of an answer that is not as it should be. */
  refused(what: string, { status, bytes }: Answer): RegistryError {
    return this.#hide(
      new RegistryError(
        "troupe.RegistryRefused",
        `${this.#name} does not take ${what} (status ${status}${wordsOf(bytes)})`,
      ),
    );
  }

  /** Where a registry says that something goes on. @param from Where it was asked. @throws {RegistryError} if not safe */
  safeUrl(location: string, from: URL): URL {
    const url = URL.parse(location, from);
    const plain = url?.protocol === "http:" && this.#base.protocol === "http:" && isLoopback(url.hostname);
    if (!url || !(url.protocol === "https:" || plain)) {
      throw new RegistryError(
        "troupe.RegistryUnreachable",
        `${this.#name} leads to ${
          url ? `${url.protocol}//${url.host}` : "what is no address"
        }: only https is followed`,
      );
    }
    url.username = "";
    url.password = "";
    return url;
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }

  async #askSignedIn(request: RegistryRequest): Promise<Answer> {
    const answer = await this.#follow(request);
    const challenge = answer.headers.get("www-authenticate");
    if (answer.status !== 401 || challenge === null) return answer;
    this.#authorization = await signIn(challenge, {
      registry: this.#name,
      credentials: this.#options.credentials,
      scope: `repository:${this.#repository}:${this.#actions}`,
      ask: (question) => this.#once(question),
      safe: (url) => this.safeUrl(url, this.#base),
    });
    return this.#authorization === undefined ? answer : await this.#follow(request);
  }

  async #follow({ to, headers, ...question }: RegistryRequest): Promise<Answer> {
    const followed = question.method === "GET" || question.method === "HEAD"
      ? REDIRECTS_READING
      : REDIRECTS_ALL;
    let url = new URL(to, this.#base);
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      const own = url.origin === this.#base.origin && this.#authorization !== undefined;
      const answer = await this.#once({
        ...question,
        url,
        headers: { ...headers, ...(own ? { authorization: this.#authorization as string } : {}) },
      });
      const location = answer.headers.get("location");
      if (!followed.includes(answer.status) || location === null) return answer;
      url = this.safeUrl(location, url);
    }
    throw new RegistryError(
      "troupe.RegistryUnreachable",
      `${this.#name} leads elsewhere more than ${MOST_REDIRECTS} times`,
    );
  }

  #once(question: Question): Promise<Answer> {
    const { patienceMs } = this.#options;
    return askOnce(question, { client: this.#client, signal: this.#signal, patienceMs });
  }

  #denied({ status, bytes }: Answer): RegistryError {
    const { credentials } = this.#options;
    const who = credentials === undefined
      ? "nobody in particular"
      : `whoever has the credentials out of ${credentials.from}`;
    const what = this.#actions === "pull" ? "read" : "read and write";
    const advice = credentials === undefined
      ? "sign in: docker login, or a config.json in the folder that DOCKER_CONFIG names; in a cluster, " +
        "spec.component.pullSecret"
      : "see that they are right, and that they may do this";
    return new RegistryError(
      "troupe.RegistryDenied",
      `${this.#name} does not let ${who} ${what} ${this.#repository} (status ${status}${
        wordsOf(bytes)
      }): ${advice}. ` +
        "Some registries say so of what they do not have, too",
    );
  }

  async #pauseAfter(failure: PassingFailure, attempt: number): Promise<void> {
    const problem = this.#signal.aborted
      ? `it took more than ${this.#timeoutMs / 1000} s`
      : withoutSecrets(failure.message, secretsOf(this.#options.credentials));
    const pauseMs = failure.retryAfterMs ?? FIRST_PAUSE_MS * 2 ** (attempt - 1) * (1 - Math.random() / 4);
    const over = this.#signal.aborted || !failure.passes || attempt === ATTEMPTS;
    const tooLong = performance.now() + pauseMs > this.#ends;
    if (over || tooLong) {
      const wait = !over && failure.retryAfterMs !== undefined
        ? `; it asks for a pause of ${pauseMs / 1000} s`
        : "";
      throw new RegistryError(
        "troupe.RegistryUnreachable",
        `The registry ${this.#name} cannot be asked: ${problem}${wait}${this.#hint()}`,
        { cause: failure.cause ?? failure },
      );
    }
    this.#options.onRetry?.(problem);
    await (this.#options.pause ?? pauseFor)(pauseMs, this.#signal);
  }

  /** A first part without a dot is mostly meant as a part of the path. */
  #hint(): string {
    return /[.:]/.test(this.#name) || this.#name === "localhost"
      ? ""
      : `. The first part of a reference is the registry's host: ${this.#name}`;
  }

  #hide(error: RegistryError): RegistryError {
    const message = withoutSecrets(error.message, secretsOf(this.#options.credentials));
    return message === error.message ? error : new RegistryError(error.code, message, { cause: error.cause });
  }
}
