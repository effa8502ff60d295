/**
 * What a component is in a registry: an artifact as the CNCF's convention for WebAssembly has it. A manifest names a
 * configuration, which says what the component imports and exports, and one layer, which is the component.
 *
 * @module
 */

import { z } from "zod";
import { ociDigest } from "./digest.ts";
import { RegistryError } from "./errors.ts";
import { DIGEST_PATTERN } from "./reference.ts";

/** Types of what is in a registry. */
export const MEDIA_TYPES = {
  manifest: "application/vnd.oci.image.manifest.v1+json",
  index: "application/vnd.oci.image.index.v1+json",
  config: "application/vnd.wasm.config.v0+json",
  component: "application/wasm",
} as const;

/** What a registry is asked for: what can be used, and what can be told what it is. */
export const ACCEPTED_MANIFESTS = [
  MEDIA_TYPES.manifest,
  "application/vnd.docker.distribution.manifest.v2+json",
  MEDIA_TYPES.index,
  "application/vnd.docker.distribution.manifest.list.v2+json",
].join(", ");

/** A layer's types that hold a component; the second is of tools from before the convention. */
const COMPONENT_LAYERS: readonly string[] = [
  MEDIA_TYPES.component,
  "application/vnd.wasm.content.layer.v1+wasm",
];

/** Largest manifest, in bytes: as much as the standard says that a registry takes. */
export const MOST_MANIFEST = 4 * 1024 * 1024;

/** Something by its digest. */
export interface Descriptor {
  readonly mediaType: string;
  /** `sha256:` and hex. */
  readonly digest: string;
  /** In bytes. */
  readonly size: number;
}

const DescriptorSchema = z.looseObject({
  mediaType: z.string(),
  digest: z.string().regex(new RegExp(`^${DIGEST_PATTERN}$`)),
  size: z.int().min(0),
});
const Manifest = z.looseObject({
  schemaVersion: z.literal(2),
  mediaType: z.string().optional(),
  config: DescriptorSchema,
  layers: z.array(DescriptorSchema),
});
const Index = z.looseObject({ manifests: z.array(z.unknown()) });

/** What a component imports and exports, by name, as an inspection finds it. */
export interface ComponentWorld {
  readonly imports: readonly string[];
  readonly exports: readonly string[];
}

/** Everything that a registry has of a component. */
export interface Artifact {
  /** The digest of the manifest. */
  readonly digest: string;
  readonly manifest: Uint8Array<ArrayBuffer>;
  readonly config: { readonly descriptor: Descriptor; readonly bytes: Uint8Array<ArrayBuffer> };
  readonly layer: { readonly descriptor: Descriptor; readonly bytes: Uint8Array<ArrayBuffer> };
}

const ENCODER = new TextEncoder();
/** Other tools want a time. With that of the push, the same component would have another digest each time. */
const CREATED = "1970-01-01T00:00:00Z";
/** What a tool calls the file that it pulls. */
const FILE_NAME = "component.wasm";

/** Makes it. The same component always becomes the same artifact. */
export async function makeArtifact(bytes: Uint8Array<ArrayBuffer>, world: ComponentWorld): Promise<Artifact> {
  const layer = await describe(bytes, MEDIA_TYPES.component);
  const configBytes = json({
    created: CREATED,
    architecture: "wasm",
    os: "wasip2",
    layerDigests: [layer.digest],
    component: { exports: [...world.exports].sort(), imports: [...world.imports].sort() },
  });
  const config = await describe(configBytes, MEDIA_TYPES.config);
  const manifest = json({
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.manifest,
    config,
    layers: [{ ...layer, annotations: { "org.opencontainers.image.title": FILE_NAME } }],
  });
  return {
    digest: await ociDigest(manifest),
    manifest,
    config: { descriptor: config, bytes: configBytes },
    layer: { descriptor: layer, bytes },
  };
}

/**
 * The layer that is the component.
 *
 * @param manifest The bytes of a manifest, whose digest has been compared.
 * @param reference Where it is from, for a person.
 * @throws {RegistryError} when it is something else than one component; the message says what.
 */
export function componentLayer(manifest: Uint8Array, reference: string): Descriptor {
  const document = parse(manifest);
  if (Index.safeParse(document).success) {
    throw notOne(reference, "an index of several artifacts, as of an image for several platforms");
  }
  const { data } = Manifest.safeParse(document);
  if (!data) throw notOne(reference, "no manifest of OCI");
  const { config, layers } = data;
  const [layer] = layers;
  if (layers.some(({ mediaType }) => /\.tar(\.|\+|$)/.test(mediaType))) {
    throw notOne(reference, "a container image, with file systems for layers");
  }
  if (!layer || layers.length !== 1) {
    throw notOne(reference, `an artifact with ${layers.length} layers (a component is one)`);
  }
  if (!COMPONENT_LAYERS.includes(layer.mediaType)) {
    throw notOne(
      reference,
      `an artifact of the type ${shown(config.mediaType)}, with ${shown(layer.mediaType)} in it`,
    );
  }
  const { mediaType, digest, size } = layer;
  return { mediaType, digest, size };
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    // Which is said as of anything else that is no manifest.
    return undefined;
  }
}

function shown(mediaType: string): string {
  return JSON.stringify(mediaType.slice(0, 100));
}

function notOne(reference: string, what: string): RegistryError {
  return new RegistryError(
    "troupe.NotAComponentArtifact",
    `${reference} is ${what}, and not a component: name what troupe push printed`,
  );
}

async function describe(bytes: Uint8Array<ArrayBuffer>, mediaType: string): Promise<Descriptor> {
  return { mediaType, digest: await ociDigest(bytes), size: bytes.length };
}

function json(value: unknown): Uint8Array<ArrayBuffer> {
  return ENCODER.encode(JSON.stringify(value));
}
