/**
 * The bytes of a component, from where a spec says they are.
 *
 * @module
 */

import type { ComponentSource } from "./component.ts";
import { digestOf } from "./digest.ts";
import { download } from "./download.ts";
import { dockerCredentials } from "../oci/docker_config.ts";
import { pullComponent, type PullOptions } from "../oci/pull.ts";
import { parseReference } from "../oci/reference.ts";
import { ComponentSourceError, TooLargeError } from "./errors.ts";

/** Options of {@linkcode readComponent}. */
export interface ReadOptions {
  /** Largest component, in bytes. @default 64 MiB */
  readonly maxBytes?: number;
  /** How long a download may take, in milliseconds. @default 60000 */
  readonly timeoutMs?: number;
  /** Certificates of authorities to be trusted besides those of the system, PEM. @default none */
  readonly caCerts?: readonly string[];
  /** Told why a registry is asked again. @default nobody is */
  readonly onRetry?: ((problem: string) => void) | undefined;
}

const MAX_BYTES = 64 * 1024 * 1024;
const TIMEOUT_MS = 60_000;

/** A source, as a person would name it. */
export function describeSource(source: ComponentSource): string {
  switch (source.kind) {
    case "file":
      return source.path;
    case "https":
      return source.url;
    case "oci":
      return source.reference;
  }
}

/**
 * Reads a component. Where the source names a digest, the bytes are compared with it; for what comes over the network it
 * always does.
 *
 * @throws {ComponentSourceError} when it is not there, cannot be reached, is too large, or is not what its digest says.
 * @throws {RegistryError} for the same, of a registry, and {@linkcode RegistryCredentialsError}.
 */
export async function readComponent(
  source: ComponentSource,
  options: ReadOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  if (source.kind === "oci") return (await pullComponent(await pullOptions(source, options))).bytes;
  const { maxBytes = MAX_BYTES, timeoutMs = TIMEOUT_MS, caCerts = [] } = options;
  const bytes = source.kind === "file"
    ? await readFile(source.path, maxBytes)
    : await download(source.url, { maxBytes, timeoutMs, caCerts });
  if (source.sha256 === undefined) return bytes;
  const digest = await digestOf(bytes);
  if (digest !== source.sha256.toLowerCase()) {
    throw new ComponentSourceError(
      "troupe.DigestMismatch",
      `${
        describeSource(source)
      } has the digest ${digest}, and spec.component.sha256 says ${source.sha256}: it is ` +
        "another file, or was changed on the way. Name the digest of the file that is meant",
    );
  }
  return bytes;
}

/** How a component is pulled: by whoever docker's configuration says. @throws {RegistryCredentialsError} */
export async function pullOptions(
  { reference }: Extract<ComponentSource, { kind: "oci" }>,
  { maxBytes = MAX_BYTES, timeoutMs = TIMEOUT_MS, caCerts, onRetry }: ReadOptions = {},
): Promise<PullOptions> {
  const credentials = await dockerCredentials(parseReference(reference));
  return { reference, credentials, maxBytes, timeoutMs, caCerts, onRetry };
}

async function readFile(path: string, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  try {
    // A device or pipe could go on for ever: only files are read.
    const { isFile, size } = await Deno.stat(path);
    if (!isFile) throw new ComponentSourceError("troupe.ComponentNotFound", `${path} is not a file`);
    if (size > maxBytes) throw new TooLargeError(path, maxBytes);
    const bytes = await Deno.readFile(path);
    return path.endsWith(".gz") ? await unpack(bytes, { path, maxBytes }) : bytes;
  } catch (error) {
    if (error instanceof ComponentSourceError) throw error;
    const problem = error instanceof Deno.errors.NotFound
      ? "there is no such file: build the actor first (troupe build)"
      : `it cannot be read: ${error instanceof Error ? error.message : error}`;
    throw new ComponentSourceError("troupe.ComponentNotFound", `${path}: ${problem}`, { cause: error });
  }
}

/** What gzip has compressed; no more of it than there may be, however small it was packed. */
async function unpack(
  packed: Uint8Array<ArrayBuffer>,
  { path, maxBytes }: { readonly path: string; readonly maxBytes: number },
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(maxBytes);
  let length = 0;
  for await (const chunk of new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))) {
    if (length + chunk.length > maxBytes) throw new TooLargeError(path, maxBytes);
    bytes.set(chunk, length);
    length += chunk.length;
  }
  return bytes.slice(0, length);
}
