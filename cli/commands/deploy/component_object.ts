/**
 * A component as an object of a cluster, where there is no registry.
 *
 * @module
 */

import { componentName } from "@troupe/controller/build";
import type { KubeObject } from "@troupe/controller/kube";
import { encodeBase64 } from "@std/encoding/base64";
import { gzipSync } from "node:zlib";
import { formatBytes } from "../../view/quantity.ts";
import { DeployError } from "./errors.ts";
import { COMPONENT_LABEL, CONFIG_MAP, MESH_LABEL } from "./ours.ts";

/** How much a ConfigMap holds, in bytes. */
export const MOST_BYTES = 1024 * 1024;

/** A component, and whose it is. */
export interface ComponentOf {
  readonly actor: string;
  readonly mesh: string;
  readonly namespace: string;
  readonly bytes: Uint8Array;
  /** SHA-256 of the bytes, in hex. */
  readonly digest: string;
}

/** Where a component is put. */
export interface PlacedComponent {
  /** What the actor's `spec.component` becomes. */
  readonly component: Readonly<Record<string, unknown>>;
  /** The object that it lies in. */
  readonly object: KubeObject;
}

/**
 * Puts a component into a ConfigMap, compressed where it would not fit otherwise. The object is named by the digest and
 * cannot be changed: what an actor was deployed with stays what it was.
 *
 * @throws {DeployError} when it does not fit.
 */
export function inConfigMap({ actor, mesh, namespace, bytes, digest }: ComponentOf): PlacedComponent {
  const small = bytes.length <= MOST_BYTES;
  const content = small ? bytes : gzipSync(bytes, { level: 9 });
  if (content.length > MOST_BYTES) {
    throw new DeployError(
      "troupe.ComponentTooLarge",
      `the component of ${actor} has ${formatBytes(bytes.length)}, and ${
        formatBytes(content.length)
      } compressed; a ` +
        `ConfigMap holds ${
          formatBytes(MOST_BYTES)
        }. Put it into a registry with --registry REGISTRY/PREFIX, or build ` +
        "it smaller",
    );
  }
  const key = small ? "component.wasm" : "component.wasm.gz";
  const name = componentName(actor, digest);
  return {
    component: { configMap: { name, key }, sha256: digest },
    object: {
      ...CONFIG_MAP,
      metadata: {
        name,
        namespace,
        labels: {
          "app.kubernetes.io/name": "troupe-component",
          "app.kubernetes.io/part-of": "troupe",
          "app.kubernetes.io/managed-by": "troupe-deploy",
          [MESH_LABEL]: mesh,
          [COMPONENT_LABEL]: actor,
        },
      },
      immutable: true,
      binaryData: { [key]: encodeBase64(content) },
    },
  };
}

/** Whether an object is one with a component, whatever is in it: hosts look at that. */
export function isComponent({ apiVersion, kind, metadata }: KubeObject): boolean {
  return apiVersion === CONFIG_MAP.apiVersion && kind === CONFIG_MAP.kind &&
    metadata.labels?.[COMPONENT_LABEL] !== undefined;
}
