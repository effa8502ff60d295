/**
 * Pushing a component.
 *
 * @module
 */

import { RegistryError } from "./errors.ts";
import {
  type Artifact,
  type ComponentWorld,
  type Descriptor,
  makeArtifact,
  MEDIA_TYPES,
} from "./manifest.ts";
import { type OciReference, parseReference, writeReference } from "./reference.ts";
import { type RegistryOptions, RegistrySession } from "./session.ts";

/** Options of {@linkcode pushComponent}. */
export interface PushOptions extends RegistryOptions {
  /** Where to: `REGISTRY/REPOSITORY`, and a tag if it is to have one. With a digest it has to be that. */
  readonly reference: string;
  /** The component. */
  readonly bytes: Uint8Array;
  /** What it imports and exports, as an inspection finds it. It is a part of what has the digest. */
  readonly world: ComponentWorld;
  /** Only looks whether it is there. @default false */
  readonly dryRun?: boolean | undefined;
}

/** What became of it. */
export interface PushedComponent {
  /** `REGISTRY/REPOSITORY@sha256:DIGEST`, as `spec.component.oci` takes it. */
  readonly reference: string;
  /** Of the manifest: `sha256:` and hex. */
  readonly digest: string;
  /** Whether the registry had it already, with the tag. */
  readonly existed: boolean;
}

const TIMEOUT_MS = 300_000;

/**
 * Pushes a component, unless the registry has it. The same component has the same digest, whenever and by whomever it is
 * pushed.
 *
 * @throws {RegistryError} when the registry cannot be reached, denies, or does not take it.
 * @throws {OciReferenceError} when the reference is none.
 */
export async function pushComponent(options: PushOptions): Promise<PushedComponent> {
  const { reference, world, dryRun = false, timeoutMs = TIMEOUT_MS } = options;
  const to = parseReference(reference);
  const artifact = await makeArtifact(new Uint8Array(options.bytes), world);
  if (to.digest !== undefined && to.digest !== artifact.digest) {
    throw new RegistryError(
      "troupe.DigestMismatch",
      `${reference} names another component than what is to be pushed, which is ${artifact.digest}: leave the digest out`,
    );
  }
  using session = new RegistrySession(to, { ...options, timeoutMs, actions: dryRun ? "pull" : "pull,push" });
  const existed = await has(session, { to, digest: artifact.digest });
  if (!existed && !dryRun) await upload(session, { to, artifact });
  const { registry, repository } = to;
  return {
    reference: writeReference({ registry, repository, digest: artifact.digest }),
    digest: artifact.digest,
    existed,
  };
}

async function has(
  session: RegistrySession,
  { to: { tag }, digest }: { to: OciReference; digest: string },
): Promise<boolean> {
  const headers = { accept: MEDIA_TYPES.manifest };
  const { status } = await session.ask({ method: "HEAD", to: `manifests/${digest}`, headers });
  if (status !== 200) return false;
  if (tag === undefined) return true;
  const tagged = await session.ask({ method: "HEAD", to: `manifests/${tag}`, headers });
  return tagged.status === 200 && tagged.headers.get("docker-content-digest") === digest;
}

async function upload(
  session: RegistrySession,
  { to, artifact }: { to: OciReference; artifact: Artifact },
): Promise<void> {
  // Who reads the manifest finds what it names.
  await uploadBlob(session, artifact.layer);
  await uploadBlob(session, artifact.config);
  const answer = await session.ask({
    method: "PUT",
    to: `manifests/${to.tag ?? artifact.digest}`,
    headers: { "content-type": MEDIA_TYPES.manifest },
    body: artifact.manifest,
  });
  if (answer.status !== 201) throw session.refused("the manifest", answer);
  const stored = answer.headers.get("docker-content-digest");
  if (stored === null || stored === artifact.digest) return;
  throw new RegistryError(
    "troupe.DigestMismatch",
    `The registry keeps the manifest as ${stored} and not as ${artifact.digest}: it was changed on the way`,
  );
}

/** An upload that was cut off cannot always be gone on with: it is begun anew. */
const UPLOADS = 3;

async function uploadBlob(
  session: RegistrySession,
  { descriptor: { digest }, bytes }: { descriptor: Descriptor; bytes: Uint8Array<ArrayBuffer> },
): Promise<void> {
  for (let upload = 1;; upload++) {
    const found = await session.ask({ method: "HEAD", to: `blobs/${digest}` });
    if (found.status === 200) return;
    const begun = await session.ask({ method: "POST", to: "blobs/uploads/" });
    const location = begun.headers.get("location");
    if (begun.status !== 202 || location === null) throw session.refused("an upload", begun);
    const url = session.safeUrl(location, begun.url);
    url.searchParams.set("digest", digest);
    const ended = await session.ask({
      method: "PUT",
      to: url,
      headers: { "content-type": "application/octet-stream" },
      body: bytes,
    });
    if (ended.status === 201) return;
    if (ended.status !== 404 || upload === UPLOADS) throw session.refused("what was uploaded", ended);
  }
}
