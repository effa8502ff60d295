/**
 * Objects by what they belong to.
 *
 * @module
 */

import type { KubeObject } from "../kube/mod.ts";

/**
 * Keeps objects in groups, so that those of one are found without looking at all.
 *
 * @example
 * ```ts
 * import { Groups } from "./groups.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const groups = new Groups(({ metadata }) => metadata.labels?.app);
 * const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "a", labels: { app: "shop" } } };
 * groups.put("a", pod);
 * assertEquals(groups.of("shop"), [pod]);
 * groups.remove("a");
 * assertEquals(groups.of("shop"), []);
 * ```
 */
export class Groups {
  readonly #groupOf: (object: KubeObject) => string | undefined;
  readonly #groups = new Map<string, Map<string, KubeObject>>();
  readonly #places = new Map<string, string>();

  /** @param groupOf The group of an object; nothing when it is in none. */
  constructor(groupOf: (object: KubeObject) => string | undefined) {
    this.#groupOf = groupOf;
  }

  /** The objects of a group. */
  of(group: string): readonly KubeObject[] {
    return [...this.#groups.get(group)?.values() ?? []];
  }

  /** Takes an object in the place of the one of its key, which may have been in another group. */
  put(key: string, object: KubeObject): void {
    const group = this.#groupOf(object);
    if (this.#places.get(key) !== group) this.remove(key);
    if (group === undefined) return;
    this.#places.set(key, group);
    const those = this.#groups.get(group) ?? new Map<string, KubeObject>();
    this.#groups.set(group, those.set(key, object));
  }

  /** Takes the object of a key out of its group. */
  remove(key: string): void {
    const group = this.#places.get(key);
    if (group === undefined) return;
    this.#places.delete(key);
    const those = this.#groups.get(group);
    those?.delete(key);
    if (those?.size === 0) this.#groups.delete(group);
  }
}
