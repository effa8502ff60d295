/**
 * Where the instances of an actor come from, by what binds it.
 *
 * @module
 */

import { type Component, makeInstance } from "./instance.ts";
import { FreshInstances, type InstanceSource, ReusedInstances } from "./instance_source.ts";
import { RestoredInstances } from "./restored_instances.ts";

/** Makes the source. @param collect Collects what short-lived instances left. */
export function sourceOf(component: Component, collect: () => void): InstanceSource {
  const { isolation, restore, limits } = component.settings;
  const make = () => makeInstance(component);
  if (isolation === "reuse") return new ReusedInstances(make);
  if (restore === undefined) return new FreshInstances(make, collect);
  return new RestoredInstances(
    ({ restorable }) => makeInstance(component, restorable ? restore : undefined),
    { collect, most: limits.concurrency },
  );
}
