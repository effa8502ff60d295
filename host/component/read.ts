/**
 * The bytes of a component, from where a spec says they are.
 *
 * @module
 */

import { encodeHex } from "@std/encoding/hex";
import type { ComponentSource } from "./component.ts";
import { ComponentSourceError } from "./errors.ts";

/** Options of {@linkcode readComponent}. */
export interface ReadOptions {
  /** Largest component, in bytes. @default 64 MiB */
  readonly maxBytes?: number;
  /** How long a download may take, in milliseconds. @default 60000 */
  readonly timeoutMs?: number;
  /** Certificates of authorities to be trusted besides, PEM. @default none */
  readonly caCerts?: readonly string[];
}

/** SHA-256 in hex. */
export async function digestOf(bytes: Uint8Array): Promise<string> {
  return encodeHex(await crypto.subtle.digest("SHA-256", bytes as BufferSource));
}

/** A source, as a person would name it. */
export function describeSource(source: ComponentSource): string {
  return source.kind === "file" ? source.path : source.url;
}

/**
 * Reads a component.
 *
 * @throws {ComponentSourceError} when it is not there, is too large, or is not what its digest says.
 */
export async function readComponent(
  source: ComponentSource,
  options: ReadOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { maxBytes = 64 * 1024 * 1024 } = options;
  const bytes = source.kind === "file"
    ? await readFile(source.path, maxBytes)
    : await download(source.url, { ...options, maxBytes });
  if (source.kind === "https") {
    const digest = await digestOf(bytes);
    if (digest !== source.sha256.toLowerCase()) {
      const message =
        `${source.url} has the digest ${digest}, and the spec says ${source.sha256}: it is another file`;
      throw new ComponentSourceError("troupe.DigestMismatch", message);
    }
  }
  return bytes;
}

async function readFile(path: string, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const { size } = await Deno.stat(path);
    if (size > maxBytes) throw tooLarge(path, maxBytes);
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof ComponentSourceError) throw error;
    const problem = error instanceof Deno.errors.NotFound
      ? "there is no such file: build the actor first"
      : String(error);
    throw new ComponentSourceError("troupe.NoComponent", `${path}: ${problem}`, { cause: error });
  }
}

async function download(
  url: string,
  { maxBytes, timeoutMs = 60_000, caCerts }: ReadOptions & { maxBytes: number },
): Promise<Uint8Array<ArrayBuffer>> {
  if (new URL(url).protocol !== "https:") {
    throw new ComponentSourceError("troupe.NoComponent", `${url}: only https is fetched`);
  }
  using client = Deno.createHttpClient({ caCerts: [...caCerts ?? []] });
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs), redirect: "error", client });
    if (!response.ok || !response.body) {
      await response.body?.cancel();
      throw new ComponentSourceError("troupe.NoComponent", `${url}: the server answered ${response.status}`);
    }
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of response.body) {
      length += chunk.length;
      if (length > maxBytes) throw tooLarge(url, maxBytes);
      chunks.push(chunk);
    }
    return new Uint8Array(await new Blob(chunks as BlobPart[]).arrayBuffer());
  } catch (error) {
    if (error instanceof ComponentSourceError) throw error;
    const problem = error instanceof Error ? error.message : String(error);
    throw new ComponentSourceError("troupe.NoComponent", `${url} cannot be fetched: ${problem}`, {
      cause: error,
    });
  }
}

function tooLarge(from: string, maxBytes: number): ComponentSourceError {
  return new ComponentSourceError("troupe.TooLarge", `${from} has more than ${maxBytes} bytes`);
}
