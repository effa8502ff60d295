import { assertEquals, assertThrows } from "@std/assert";
import { InvalidArgumentError } from "commander";
import { collect, parseDuration, parsePort } from "./option_values.ts";

Deno.test("durations need a unit", () => {
  for (
    const [text, ms] of [["250ms", 250], ["30s", 30_000], ["1.5m", 90_000], ["2h", 7_200_000], [
      "1d",
      86_400_000,
    ]]
  ) {
    assertEquals(parseDuration(String(text)), ms);
  }
  for (const bad of ["", "30", "s", "-1s", "1 s", "1e3s", "constructor"]) {
    assertThrows(() => parseDuration(bad), InvalidArgumentError);
  }
});

Deno.test("ports are numbers up to 65535", () => {
  assertEquals(parsePort("0"), 0);
  assertEquals(parsePort("65535"), 65535);
  for (const bad of ["", "65536", "-1", "80.5", "http"]) {
    assertThrows(() => parsePort(bad), InvalidArgumentError);
  }
});

Deno.test("values of a repeated option are gathered in order", () => {
  assertEquals(collect("b", collect("a", [])), ["a", "b"]);
});
