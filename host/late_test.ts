import { assertEquals, assertRejects } from "@std/assert";
import { Late } from "./late.ts";

Deno.test("it is opened for the first who needs it, once, and again after it could not be", async () => {
  const [said, asked]: [string[], Promise<unknown>[]] = [[], []];
  const opened = {
    close() {
      said.push("close");
      return Promise.resolve();
    },
  };
  const late = new Late(() => {
    said.push("open");
    if (said.length === 1) return Promise.reject(new Error("away"));
    return Promise.resolve(opened);
  });
  await assertRejects(() => late.get(), Error, "away");
  asked.push(late.get(), late.get());
  assertEquals(await Promise.all(asked), [opened, opened]);
  await late.close();
  assertEquals(said, ["open", "open", "close"]);
});

Deno.test("what was not needed, or could not be opened, is closed without more", async () => {
  await new Late(() => Promise.reject(new Error("never"))).close();
  const late = new Late(() => Promise.reject(new Error("away")));
  await assertRejects(() => late.get());
  await late.close();
});
