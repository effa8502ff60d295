import { assertEquals } from "@std/assert";
import { ErrorTypes } from "./error_types.ts";

Deno.test("an actor's first hundred types keep their names, the others are one", () => {
  const types = new ErrorTypes();
  const made = Array.from({ length: 1000 }, (_, n) => types.label("a", `Error${n}`));
  assertEquals(new Set(made).size, 101);
  assertEquals([made[0], made[99], made[100], made[999]], ["Error0", "Error99", "other", "other"]);
  assertEquals([types.label("a", "Error99"), types.label("a", "Error100")], ["Error99", "other"]);
});

Deno.test("actors do not take each other's room, and the platform's types need none", () => {
  const types = new ErrorTypes({ most: 1 });
  for (const actor of ["a", "b"]) {
    const found = ["One", "Two", "troupe.Timeout", "guest.troupe.Timeout"].map((type) =>
      types.label(actor, type)
    );
    assertEquals(found, ["One", "other", "troupe.Timeout", "other"]);
  }
});

Deno.test("what is no name is not kept", () => {
  const types = new ErrorTypes();
  const made = ["", "x".repeat(101), "\ud800", "x".repeat(100), 'x"} 1\n'].map((type) =>
    types.label("a", type)
  );
  assertEquals(made, ["other", "other", "other", "x".repeat(100), 'x"} 1\n']);
});
