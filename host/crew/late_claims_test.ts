import { assertEquals, assertRejects } from "@std/assert";
import type { ClaimStore } from "./claims.ts";
import { LateClaims } from "./late_claims.ts";

Deno.test("it is opened for the first who needs it, once, and again after it could not be", async () => {
  const claims: ClaimStore = {
    put: () => Promise.resolve(""),
    get: () => Promise.resolve(undefined),
    forget: () => Promise.resolve(0),
  };
  const [said, asked]: [string[], Promise<unknown>[]] = [[], []];
  const late = new LateClaims(() => {
    said.push("open");
    if (said.length === 1) return Promise.reject(new Error("away"));
    return Promise.resolve({
      claims,
      close() {
        said.push("close");
        return Promise.resolve();
      },
    });
  });
  await assertRejects(() => late.claims(), Error, "away");
  asked.push(late.claims(), late.claims());
  assertEquals(await Promise.all(asked), [claims, claims]);
  await late.close();
  assertEquals(said, ["open", "open", "close"]);
});

Deno.test("what was not needed, or could not be opened, is closed without more", async () => {
  await new LateClaims(() => Promise.reject(new Error("never"))).close();
  const late = new LateClaims(() => Promise.reject(new Error("away")));
  await assertRejects(() => late.claims());
  await late.close();
});
