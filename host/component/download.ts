/**
 * Downloads a file over https, within bounds of size and time.
 *
 * @module
 */

import { fetchProblem } from "../oci/fetch_problem.ts";
import { ComponentSourceError, TooLargeError } from "./errors.ts";

/** Bounds of a download. */
export interface DownloadBounds {
  readonly maxBytes: number;
  /** For all of it, redirects included, in milliseconds. */
  readonly timeoutMs: number;
  /** Certificates of authorities to be trusted besides those of the system, PEM. */
  readonly caCerts: readonly string[];
}

const MOST_REDIRECTS = 5;

/**
 * Downloads a file. Redirects are followed, to https only.
 *
 * @throws {ComponentSourceError} when it is not there, cannot be reached, or is too large.
 */
export async function download(url: string, bounds: DownloadBounds): Promise<Uint8Array<ArrayBuffer>> {
  const { timeoutMs, caCerts } = bounds;
  using client = Deno.createHttpClient({ caCerts: [...caCerts] });
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    return await collect(await follow(url, { client, signal }), { ...bounds, url });
  } catch (error) {
    if (error instanceof ComponentSourceError) throw error;
    const problem = signal.aborted ? `it took more than ${timeoutMs / 1000} s` : fetchProblem(error).problem;
    throw new ComponentSourceError("troupe.ComponentUnreachable", `${url} cannot be fetched: ${problem}`, {
      cause: error,
    });
  }
}

async function follow(
  url: string,
  { client, signal }: { client: Deno.HttpClient; signal: AbortSignal },
): Promise<Response> {
  let at = requireHttps(url, url);
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const response = await fetch(at, { redirect: "manual", client, signal });
    if (response.ok) return response;
    await response.body?.cancel();
    const location = response.headers.get("location");
    if (response.status < 300 || response.status > 399 || location === null) throw badStatus(url, response);
    at = requireHttps(URL.parse(location, at)?.href ?? location, url);
  }
  throw new ComponentSourceError(
    "troupe.ComponentUnreachable",
    `${url} is redirected more than ${MOST_REDIRECTS} times`,
  );
}

function requireHttps(url: string, from: string): string {
  if (URL.parse(url)?.protocol === "https:") return url;
  const what = url === from ? url : `${from} leads to ${url}, which`;
  throw new ComponentSourceError(
    "troupe.ComponentUnreachable",
    `${what} is not an https URL: only https is fetched`,
  );
}

function badStatus(url: string, { status }: Response): ComponentSourceError {
  const absent = status === 404 || status === 410;
  return new ComponentSourceError(
    absent ? "troupe.ComponentNotFound" : "troupe.ComponentUnreachable",
    `${url}: ${absent ? "there is no such file" : "the server does not give it"} (status ${status})`,
  );
}

async function collect(
  response: Response,
  { url, maxBytes }: { url: string; maxBytes: number },
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  // Leaving the loop early cancels the rest.
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > maxBytes) throw new TooLargeError(url, maxBytes);
    chunks.push(chunk);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}
