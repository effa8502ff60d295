import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { KeyBook, KeyReusedError } from "./keys.ts";

async function withFolder(test: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "troupe_keys_" });
  try {
    await test(join(folder, "keys.db"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a key is sent once, and again only until it was", () =>
  withFolder(async (path) => {
    const keys = new KeyBook(path);
    assert(!await keys.claim("order-17", "5 euros"));
    // The process was lost before it could send: the next one does.
    assert(!await keys.claim("order-17", "5 euros"));
    keys.sent("order-17");
    assert(await keys.claim("order-17", "5 euros"));
    keys.close();
  }));

Deno.test("a key that stands for something else is refused, by another process too", () =>
  withFolder(async (path) => {
    const one = new KeyBook(path);
    await one.claim("order-17", "5 euros");
    const other = new KeyBook(path);
    const error = await assertRejects(() => other.claim("order-17", "6 euros"), KeyReusedError, '"order-17"');
    assertEquals(error.family, "user");
    await other.claim("order-18", "6 euros");
    one.close();
    other.close();
  }));
