/**
 * Where the objects of a kind are, as the API server says.
 *
 * @module
 */

import { z } from "zod";
import { parseAnswer } from "./_answer.ts";
import { isKubeError, KubeError } from "./errors.ts";
import type { Kind } from "./object.ts";
import type { Requests } from "./requests.ts";

/** A kind's place. */
export interface Resource extends Kind {
  /** Its name in paths, such as `deployments`. */
  readonly plural: string;
  /** Whether each of its objects belongs to a namespace. */
  readonly namespaced: boolean;
}

const ResourceListSchema = z.looseObject({
  resources: z.array(z.looseObject({ name: z.string(), kind: z.string(), namespaced: z.boolean() })),
});

/** Which part of a kind is meant. */
export interface Place {
  /** @default all namespaces */
  readonly namespace?: string | undefined;
  /** @default all objects */
  readonly name?: string | undefined;
  /** Such as `status`. @default the object itself */
  readonly subresource?: string | undefined;
}

/**
 * The path of a kind, of an object, or of a part of it.
 *
 * @example
 * ```ts
 * import { pathOf } from "@troupe/controller/kube";
 * import { assertEquals } from "@std/assert";
 *
 * const deployments = { apiVersion: "apps/v1", kind: "Deployment", plural: "deployments", namespaced: true };
 * assertEquals(pathOf(deployments, {}), "/apis/apps/v1/deployments");
 * assertEquals(
 *   pathOf(deployments, { namespace: "mesh", name: "ocr", subresource: "status" }),
 *   "/apis/apps/v1/namespaces/mesh/deployments/ocr/status",
 * );
 * ```
 */
export function pathOf(resource: Resource, { namespace, name, subresource }: Place): string {
  const parts = [resource.apiVersion.includes("/") ? "apis" : "api", ...resource.apiVersion.split("/")];
  if (resource.namespaced && namespace !== undefined) parts.push("namespaces", namespace);
  parts.push(resource.plural);
  for (const part of [name, subresource]) if (part !== undefined) parts.push(part);
  return `/${parts.map(encodeURIComponent).join("/")}`;
}

/** Asks the API server for each group of kinds once, and again for a kind that it did not know then. */
export class Kinds {
  readonly #requests: Requests;
  readonly #known = new Map<string, Promise<readonly Resource[]>>();

  constructor(requests: Requests) {
    this.#requests = requests;
  }

  /**
   * Where a kind's objects are.
   *
   * @throws {KubeError} `troupe.KubeUnknownKind` when the API server has no such kind.
   */
  async find(kind: Kind): Promise<Resource> {
    const asked = this.#known.get(kind.apiVersion);
    const found = of(kind, await asked ?? []) ?? of(kind, await this.#ask(kind.apiVersion, asked));
    if (found) return found;
    throw new KubeError(
      "troupe.KubeUnknownKind",
      `the cluster knows no kind ${kind.kind} of ${kind.apiVersion}: its CustomResourceDefinition is not there (yet)`,
    );
  }

  /** @param old What was asked before, and did not have the kind. */
  #ask(apiVersion: string, old: Promise<readonly Resource[]> | undefined): Promise<readonly Resource[]> {
    const others = this.#known.get(apiVersion);
    // Somebody else asks already.
    if (others !== undefined && others !== old) return others;
    const asked = this.#list(apiVersion);
    this.#known.set(apiVersion, asked);
    asked.catch(() => this.#forget(apiVersion, asked));
    return asked;
  }

  #forget(apiVersion: string, asked: Promise<readonly Resource[]>): void {
    if (this.#known.get(apiVersion) === asked) this.#known.delete(apiVersion);
  }

  async #list(apiVersion: string): Promise<readonly Resource[]> {
    const path = `/${apiVersion.includes("/") ? "apis" : "api"}/${apiVersion}`;
    try {
      const { resources } = parseAnswer(ResourceListSchema, await this.#requests.json("GET", path), path);
      // A name with a slash is a part of an object, such as `deployments/scale`.
      return resources.filter(({ name }) => !name.includes("/"))
        .map(({ name, kind, namespaced }) => ({ apiVersion, kind, plural: name, namespaced }));
    } catch (error) {
      if (isKubeError(error, "troupe.KubeNotFound")) return [];
      throw error;
    }
  }
}

function of({ kind }: Kind, resources: readonly Resource[]): Resource | undefined {
  return resources.find((resource) => resource.kind === kind);
}
