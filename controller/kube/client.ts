/**
 * What can be done with the objects of a cluster.
 *
 * @module
 */

import { z } from "zod";
import { parseAnswer } from "./_answer.ts";
import { isKubeError } from "./errors.ts";
import { Kinds, pathOf, type Place, type Resource } from "./kinds.ts";
import { type KeptKubeConfig, type KubeConfigOptions, loadKubeConfig, namespaceOf } from "./kube_config.ts";
import {
  type Kind,
  KubeListSchema,
  type KubeObject,
  KubeObjectSchema,
  type ObjectRef,
  refOf,
} from "./object.ts";
import { type RequestOptions, Requests } from "./requests.ts";
import { type WatchEvent, watchEvents, type WatchOptions } from "./watch.ts";

/** How many objects of a list come at once. */
const PAGE = 500;

/** What every call takes. */
export type CallOptions = Pick<RequestOptions, "signal" | "limitMs">;

/** Which objects of a kind are meant. */
export interface Selection {
  /** @default all namespaces */
  readonly namespace?: string | undefined;
  /** Such as `app=ocr,tier!=test`. @default all */
  readonly labelSelector?: string | undefined;
  /** Such as `metadata.name=ocr`. @default all */
  readonly fieldSelector?: string | undefined;
}

/** How an object is written. */
export interface WriteOptions extends CallOptions {
  /** In whose name; the API server keeps account of who set which field. */
  readonly fieldManager?: string;
  /** Writes a part of the object only, such as `status`. @default the object itself */
  readonly subresource?: string;
  /** The API server checks and answers as if it were done, and does nothing. @default false */
  readonly dryRun?: boolean;
}

/** How an object is applied. */
export interface ApplyOptions extends WriteOptions {
  readonly fieldManager: string;
  /** Takes fields that somebody else has set; without it that is a `troupe.KubeConflict`. @default false */
  readonly force?: boolean;
  /**
   * What may be there, else it is a `troupe.KubeConflict`, and nothing is written: nothing of this name, or what has this
   * `metadata.resourceVersion`, or nothing. @default whatever there is
   */
  readonly over?: "nothing" | { readonly resourceVersion: string };
}

/** How an object is deleted. */
export interface DeleteOptions extends CallOptions {
  /** What becomes of what it owns. @default "Background" */
  readonly propagation?: "Background" | "Foreground" | "Orphan";
  /** Deletes it only if it is the very object with this `metadata.uid`; else that is a `troupe.KubeConflict`. */
  readonly uid?: string | undefined;
  /** Deletes it only if it has not changed since. */
  readonly resourceVersion?: string | undefined;
}

const VersionSchema = z.looseObject({ major: z.string(), minor: z.string(), gitVersion: z.string() });

/**
 * A cluster's API, for objects of every kind. All calls end by their limit, and throw a `KubeError` whose code says what a
 * caller can do.
 *
 * @example
 * ```ts ignore
 * import { KubeClient } from "@troupe/controller/kube";
 *
 * await using client = await KubeClient.open();
 * await client.apply(
 *   { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", namespace: "mesh" }, data: { key: "value" } },
 *   { fieldManager: "troupe" },
 * );
 * ```
 */
export class KubeClient implements AsyncDisposable {
  /** Where things are that belong to no other namespace: the context's, or the pod's own. */
  readonly namespace: string;
  /** Calls to paths of one's own choice. */
  readonly requests: Requests;
  readonly #config: KeptKubeConfig;
  readonly #kinds: Kinds;

  /** @param options `limitMs`: how long a call may take that does not say it. @default 15 seconds */
  constructor(config: KeptKubeConfig, options: { readonly limitMs?: number } = {}) {
    this.#config = config;
    this.namespace = namespaceOf(config);
    this.requests = new Requests(config, options);
    this.#kinds = new Kinds(this.requests);
  }

  /**
   * Finds the cluster; no call is made yet.
   *
   * @throws {KubeError} `troupe.KubeConfig` when there is no configuration, or no such context.
   */
  static async open(options: KubeConfigOptions & { readonly limitMs?: number } = {}): Promise<KubeClient> {
    const { limitMs } = options;
    return new KubeClient(await loadKubeConfig(options), limitMs === undefined ? {} : { limitMs });
  }

  /** What the API server says of its version. */
  async version(options: CallOptions = {}): Promise<z.infer<typeof VersionSchema>> {
    return parseAnswer(VersionSchema, await this.requests.json("GET", "/version", options), "GET /version");
  }

  /**
   * Where a kind's objects are.
   *
   * @throws {KubeError} `troupe.KubeUnknownKind` when the cluster has no such kind.
   */
  resource(kind: Kind): Promise<Resource> {
    return this.#kinds.find(kind);
  }

  /** Reads an object. @throws {KubeError} `troupe.KubeNotFound` when it is not there. */
  async get(ref: ObjectRef, options: CallOptions = {}): Promise<KubeObject> {
    return await this.#call("GET", await this.#path(ref, ref), options);
  }

  /** Reads an object; nothing when it is not there. */
  async find(ref: ObjectRef, options: CallOptions = {}): Promise<KubeObject | undefined> {
    try {
      return await this.get(ref, options);
    } catch (error) {
      if (isKubeError(error, "troupe.KubeNotFound")) return undefined;
      throw error;
    }
  }

  /**
   * Reads all objects that are meant.
   *
   * @returns They, and the version of the cluster that they are of, from which a watch can go on.
   */
  async list(
    kind: Kind,
    selection: Selection = {},
    options: CallOptions = {},
  ): Promise<{ readonly items: readonly KubeObject[]; readonly resourceVersion: string }> {
    const path = pathOf(await this.resource(kind), { namespace: selection.namespace });
    const { labelSelector, fieldSelector } = selection;
    const items: KubeObject[] = [];
    let next: string | undefined;
    for (;;) {
      const query = { labelSelector, fieldSelector, limit: PAGE, continue: next };
      const answer = await this.requests.json("GET", path, { ...options, query });
      const page = parseAnswer(KubeListSchema, answer, `GET ${path}`);
      for (const item of page.items) items.push({ apiVersion: kind.apiVersion, kind: kind.kind, ...item });
      next = page.metadata.continue || undefined;
      if (next === undefined) return { items, resourceVersion: page.metadata.resourceVersion };
    }
  }

  /**
   * One watch: what happens to the objects that are meant, until it ends. What it takes to go on for ever is in
   * {@link ./informer.ts}.
   *
   * @throws {KubeError} `troupe.KubeGone` when the version is too old; `troupe.KubeTimeout` when it is silent.
   */
  async *watch(kind: Kind, options: Selection & WatchOptions): AsyncGenerator<WatchEvent, void, void> {
    const path = pathOf(await this.resource(kind), { namespace: options.namespace });
    yield* watchEvents(this.requests, path, options);
  }

  /**
   * Server-side apply: the fields that are given become so, fields that were given by the same manager before and are not
   * now are removed, and no others are touched. Makes the object when it is not there.
   *
   * @returns The object as it is now.
   * @throws {KubeError} `troupe.KubeInvalid` also for a field that the kind does not have.
   */
  async apply(object: KubeObject, options: ApplyOptions): Promise<KubeObject> {
    const { force = false, subresource, over } = options;
    const ref = refOf(object);
    return await this.#call("PATCH", await this.#path(ref, { ...ref, subresource }), {
      ...options,
      query: { ...writeQuery(options), force },
      body: over === undefined ? object : { ...object, metadata: { ...object.metadata, ...condition(over) } },
      contentType: "application/apply-patch+yaml",
    });
  }

  /** Makes an object. @throws {KubeError} `troupe.KubeAlreadyExists` when one of its name is there. */
  async create(object: KubeObject, options: WriteOptions = {}): Promise<KubeObject> {
    const { namespace } = object.metadata;
    const path = await this.#path(object, { namespace });
    return await this.#call("POST", path, { ...options, query: writeQuery(options), body: object });
  }

  /**
   * Makes a part of an object that is no part of it, such as `token` of a ServiceAccount or `eviction` of a Pod.
   *
   * @returns The API server's answer, unparsed.
   */
  async post(
    ref: ObjectRef,
    subresource: string,
    body: KubeObject,
    options: CallOptions = {},
  ): Promise<unknown> {
    const path = await this.#path(ref, { ...ref, subresource });
    return await this.requests.json("POST", path, { ...options, body });
  }

  /**
   * Puts an object in the place of the one of its name. With `metadata.resourceVersion` only if that has not changed.
   *
   * @throws {KubeError} `troupe.KubeConflict` when it has changed.
   */
  async replace(object: KubeObject, options: WriteOptions = {}): Promise<KubeObject> {
    const ref = refOf(object);
    const path = await this.#path(ref, { ...ref, subresource: options.subresource });
    return await this.#call("PUT", path, { ...options, query: writeQuery(options), body: object });
  }

  /** Merges something into an object (JSON merge patch: null removes a key, lists are replaced). */
  async merge(
    ref: ObjectRef,
    patch: Readonly<Record<string, unknown>>,
    options: WriteOptions = {},
  ): Promise<KubeObject> {
    const path = await this.#path(ref, { ...ref, subresource: options.subresource });
    return await this.#call("PATCH", path, {
      ...options,
      query: writeQuery(options),
      body: patch,
      contentType: "application/merge-patch+json",
    });
  }

  /** Deletes an object. @returns Whether it was there. */
  async delete(ref: ObjectRef, options: DeleteOptions = {}): Promise<boolean> {
    const { propagation = "Background", uid, resourceVersion, ...call } = options;
    const body = {
      apiVersion: "v1",
      kind: "DeleteOptions",
      propagationPolicy: propagation,
      preconditions: { uid, resourceVersion },
    };
    try {
      await this.requests.json("DELETE", await this.#path(ref, ref), { ...call, body });
      return true;
    } catch (error) {
      if (isKubeError(error, "troupe.KubeNotFound")) return false;
      throw error;
    }
  }

  /** Ends the connections, and the calls that are under way; no call can be made after that. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#config.close();
  }

  async #path(kind: Kind, place: Place): Promise<string> {
    const resource = await this.resource(kind);
    if (resource.namespaced && place.namespace === undefined) {
      throw new TypeError(`a ${kind.kind} belongs to a namespace, and none is named`);
    }
    return pathOf(resource, place);
  }

  async #call(method: "GET" | "POST" | "PUT" | "PATCH", path: string, options: RequestOptions) {
    return parseAnswer(
      KubeObjectSchema,
      await this.requests.json(method, path, options),
      `${method} ${path}`,
    );
  }
}

/**
 * An API server compares versions where there is something to compare with. No object has the first one: it is that of a store
 * in which nothing is.
 */
function condition(over: NonNullable<ApplyOptions["over"]>) {
  return over === "nothing" ? { resourceVersion: "1" } : over;
}

/** A field that the kind does not have is refused, not dropped. */
function writeQuery({ fieldManager, dryRun }: WriteOptions) {
  return { fieldManager, dryRun: dryRun ? "All" : undefined, fieldValidation: "Strict" };
}
