/**
 * The interface `wasi:config/store`: values that were granted, by name.
 *
 * @module
 */

import { bare } from "../../sandbox/resource.ts";
import type { Config } from "../wire/load.ts";

/** Its imports. */
export function configImports({ values }: Config): Record<string, object> {
  const known = new Map(values);
  const store = {
    get: (key: string) => known.get(key),
    getAll: () => [...known].map(([name, value]) => [name, value]),
  };
  return { "wasi:config/store": bare(store) };
}
