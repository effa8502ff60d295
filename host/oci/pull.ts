/**
 * Pulling a component.
 *
 * @module
 */

import { ociDigest } from "./digest.ts";
import { RegistryError } from "./errors.ts";
import { ACCEPTED_MANIFESTS, componentLayer, type Descriptor, MOST_MANIFEST } from "./manifest.ts";
import { parseReference, writeReference } from "./reference.ts";
import { type RegistryOptions, RegistrySession } from "./session.ts";

/** Options of {@linkcode pullComponent}. */
export interface PullOptions extends RegistryOptions {
  /** `REGISTRY/REPOSITORY@sha256:DIGEST`; with a tag in place of the digest, it is what the registry makes of that. */
  readonly reference: string;
  /** Largest component, in bytes. @default 64 MiB */
  readonly maxBytes?: number | undefined;
}

/** A manifest that was pulled and compared. */
export interface PulledManifest {
  /** With the digest, and without a tag. */
  readonly reference: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The component. */
  readonly layer: Descriptor;
}

/** A component that was pulled and compared. */
export interface PulledComponent {
  /** With the digest, and without a tag. */
  readonly reference: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Of the component: `sha256:` and hex. */
  readonly digest: string;
}

const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Pulls a component. Manifest and component are what the digest says, or there is an error.
 *
 * @throws {RegistryError} when the registry cannot be reached, denies, does not have it, or has something else.
 * @throws {OciReferenceError} when the reference is none.
 */
export async function pullComponent(options: PullOptions): Promise<PulledComponent> {
  const { reference, layer } = await pullManifest(options);
  return { reference, bytes: await pullLayer(layer, options), digest: layer.digest };
}

/** Pulls what says which bytes the component is. @throws as {@linkcode pullComponent} */
export async function pullManifest(options: PullOptions): Promise<PulledManifest> {
  const { tag, ...parsed } = parseReference(options.reference);
  using session = new RegistrySession(parsed, { ...options, actions: "pull" });
  const answer = await session.ask({
    method: "GET",
    to: `manifests/${parsed.digest ?? tag ?? "latest"}`,
    headers: { accept: ACCEPTED_MANIFESTS },
    maxBytes: MOST_MANIFEST,
    what: `The manifest of ${options.reference}`,
  });
  requireFound(answer.status, options.reference);
  const digest = await ociDigest(answer.bytes);
  const told = parsed.digest ?? answer.headers.get("docker-content-digest") ?? digest;
  if (digest !== told) throw mismatch(`The manifest of ${options.reference}`, { digest, told });
  const reference = writeReference({ ...parsed, digest });
  return { reference, bytes: answer.bytes, layer: componentLayer(answer.bytes, reference) };
}

/** Pulls the bytes that a manifest names. @throws as {@linkcode pullComponent} */
export async function pullLayer(
  { digest: told, size }: Pick<Descriptor, "digest" | "size">,
  options: PullOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const { reference, maxBytes = MAX_BYTES } = options;
  const what = `The component of ${reference}`;
  if (size > maxBytes) {
    throw new RegistryError(
      "troupe.TooLarge",
      `${what} has ${size} bytes, and ${maxBytes} is the limit: build a smaller component`,
    );
  }
  using session = new RegistrySession(parseReference(reference), { ...options, actions: "pull" });
  const { status, bytes } = await session.ask({ method: "GET", to: `blobs/${told}`, maxBytes: size, what });
  requireFound(status, reference);
  const digest = await ociDigest(bytes);
  if (digest !== told) throw mismatch(what, { digest, told });
  return bytes;
}

function requireFound(status: number, reference: string): void {
  if (status === 200) return;
  if (status === 404) {
    throw new RegistryError(
      "troupe.ArtifactNotFound",
      `${reference}: the registry has no such artifact; push it (troupe push), or correct the reference`,
    );
  }
  throw new RegistryError(
    "troupe.RegistryUnreachable",
    `${reference}: the registry answers with status ${status}`,
  );
}

function mismatch(what: string, { digest, told }: { digest: string; told: string }): RegistryError {
  return new RegistryError(
    "troupe.DigestMismatch",
    `${what} came with the digest ${digest} and not with ${told}: it was changed in the registry or on the way, and is ` +
      "not used",
  );
}
