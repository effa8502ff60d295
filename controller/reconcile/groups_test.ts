import { assertEquals } from "@std/assert";
import { Groups } from "./groups.ts";

const pod = (name: string, app?: string) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, ...(app === undefined ? {} : { labels: { app } }) },
});

Deno.test("an object is in the group that it says last, and in no other", () => {
  const groups = new Groups(({ metadata }) => metadata.labels?.app);
  groups.put("a", pod("a", "one"));
  groups.put("b", pod("b", "one"));
  groups.put("c", pod("c"));
  assertEquals(groups.of("one").map(({ metadata }) => metadata.name), ["a", "b"]);
  groups.put("a", pod("a", "two"));
  assertEquals([groups.of("one").length, groups.of("two").length], [1, 1]);
  const again = pod("a", "two");
  groups.put("a", again);
  assertEquals(groups.of("two"), [again], "the newest");
  groups.put("a", pod("a"));
  groups.put("c", pod("c", "two"));
  assertEquals(groups.of("two").map(({ metadata }) => metadata.name), ["c"]);
  groups.remove("c");
  groups.remove("c");
  groups.remove("none");
  assertEquals([groups.of("two"), groups.of("one").length], [[], 1]);
});
