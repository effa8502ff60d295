/**
 * Which component an artifact in a registry is: its manifest says so. Manifests are kept, each under its digest, so that a
 * host whose component is in the cache starts without the registry.
 *
 * @module
 */

import { join } from "@std/path";
import { ociDigest } from "../oci/digest.ts";
import { componentLayer, type Descriptor } from "../oci/manifest.ts";
import { pullLayer, pullManifest, type PullOptions } from "../oci/pull.ts";
import { parseReference } from "../oci/reference.ts";
import type { ComponentSource } from "./component.ts";
import type { Identified } from "./prepare.ts";
import { pullOptions, type ReadOptions } from "./read.ts";

/** Options of {@linkcode identifyOci}. */
export interface IdentifyOptions {
  readonly read: ReadOptions;
  /** Folder of what is cached. */
  readonly cacheDir: string;
  /** Told what a person should know although it was dealt with. */
  readonly onWarning: (message: string) => void;
}

/**
 * Finds it out, and asks the registry only for what is not there.
 *
 * @throws {RegistryError} as pulling does; {@linkcode RegistryCredentialsError}.
 */
export async function identifyOci(
  source: Extract<ComponentSource, { kind: "oci" }>,
  { read, cacheDir, onWarning }: IdentifyOptions,
): Promise<Identified> {
  const onRetry = (problem: string) =>
    onWarning(`The registry of ${source.reference} is asked again: ${problem}`);
  // Only who asks the registry has to have credentials that can be read.
  const options = () => pullOptions(source, { onRetry, ...read });
  const { digest } = parseReference(source.reference);
  const kept = digest === undefined ? undefined : new KeptManifest({ digest, cacheDir, onWarning });
  const layer = await kept?.read(source.reference) ?? await pull(await options(), kept);
  return {
    digest: layer.digest.slice("sha256:".length),
    bytes: async () => await pullLayer(layer, await options()),
  };
}

async function pull(options: PullOptions, kept: KeptManifest | undefined): Promise<Descriptor> {
  const { bytes, layer } = await pullManifest(options);
  await kept?.write(bytes);
  return layer;
}

/** A manifest on disk. Whatever is there, only what has the digest is used. */
class KeptManifest {
  readonly #digest: string;
  readonly #folder: string;
  readonly #onWarning: (message: string) => void;

  constructor({ digest, cacheDir, onWarning }: { digest: string } & Omit<IdentifyOptions, "read">) {
    this.#digest = digest;
    this.#folder = join(cacheDir, "manifests");
    this.#onWarning = onWarning;
  }

  get #file(): string {
    return join(this.#folder, `${this.#digest.slice("sha256:".length)}.json`);
  }

  /** The component that it names; undefined when there is none, or not as it was written. */
  async read(reference: string): Promise<Descriptor | undefined> {
    let bytes: Uint8Array<ArrayBuffer>;
    try {
      bytes = await Deno.readFile(this.#file);
    } catch (error) {
      // What cannot be read is as good as absent.
      if (!(error instanceof Deno.errors.NotFound)) {
        this.#onWarning(`The kept manifest of the component cannot be read, and is pulled anew: ${error}`);
      }
      return undefined;
    }
    if (await ociDigest(bytes) === this.#digest) return componentLayer(bytes, reference);
    this.#onWarning(`The manifest in ${this.#file} is not what was written; it is pulled anew`);
    return undefined;
  }

  async write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const aside = `${this.#file}.${crypto.randomUUID()}`;
    try {
      await Deno.mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await Deno.writeFile(aside, bytes);
      await Deno.rename(aside, this.#file);
    } catch (error) {
      // It can be used all the same; the next start asks the registry again.
      this.#onWarning(`The manifest of the component cannot be kept in ${this.#folder}: ${error}`);
    }
  }
}
