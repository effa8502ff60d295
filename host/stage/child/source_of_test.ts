import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { DEFAULT_LIMITS, type Isolation } from "../../limits.ts";
import type { LoadSettings } from "../wire/load.ts";
import { guestText } from "./guest_text.ts";
import { FreshInstances, ReusedInstances } from "./instance_source.ts";
import { RestoredInstances } from "./restored_instances.ts";
import { sourceOf } from "./source_of.ts";

function sourceFor(isolation: Isolation, restore?: string) {
  const settings: LoadSettings = {
    actor: "actor",
    grants: { route: [] },
    config: { environment: [], values: [] },
    services: [],
    mounts: [],
    limits: DEFAULT_LIMITS,
    isolation,
    ahead: true,
    blocking: false,
    ...(restore === undefined ? {} : { restore }),
  };
  const instantiate = () => ({ handle: () => undefined });
  return sourceOf({ instantiate, modules: new Map(), text: guestText(0), settings, mounts: [] }, () => {});
}

Deno.test("where instances come from", () => {
  assertInstanceOf(sourceFor("fresh"), FreshInstances);
  assertInstanceOf(sourceFor("fresh", "prefix-"), RestoredInstances);
  assertInstanceOf(sourceFor("reuse"), ReusedInstances);
  assertInstanceOf(sourceFor("reuse", "prefix-"), ReusedInstances);
});

Deno.test("instances that are to be restored can be", () => {
  const source = sourceFor("fresh", "prefix-");
  const first = source.take();
  assert(first.kept);
  assertEquals(first.kept.spoilt, undefined);
  source.done(first, "returned");
  assert(source.take() === first);
  assertEquals(sourceFor("fresh").take().kept, undefined);
});
