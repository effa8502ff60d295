import { assertEquals } from "@std/assert";
import { Rate } from "./rate.ts";

Deno.test("the rate is that of the window, and falls to nothing when nothing happens", () => {
  const rate = new Rate(5000);
  assertEquals(rate.sample(0, 0), 0);
  assertEquals(rate.sample(100, 1000), 100);
  assertEquals(rate.sample(200, 2000), 100);
  assertEquals(rate.sample(200, 7000), 0);
  assertEquals(rate.sample(200, 20_000), 0);
  assertEquals(rate.sample(700, 25_000), 100);
});
