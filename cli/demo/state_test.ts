import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { UsageError } from "../commands/usage_error.ts";
import { DemoRunningError, DemoState } from "./state.ts";

async function withFolder(test: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempDir({ prefix: "troupe_demo_state_" });
  try {
    await test(path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

const exists = (path: string) => Deno.stat(path).then(() => true, () => false);

Deno.test("an interrupted run goes on; a finished one makes room", () =>
  withFolder(async (path) => {
    {
      using state = await DemoState.open(path, "/docs");
      assert(!state.resumed);
      await state.noteSent(new Map([["id-1", "a.md"], ["id-2", "odd\nname.md"]]));
      await state.noteSent(new Map([["id-2", "odd\nname.md"], ["id-3", "c.md"]]));
      await Deno.writeTextFile(join(path, "mesh.db"), "queues");
      await Deno.mkdir(join(path, "mesh.db-owners"));
      await Deno.mkdir(join(path, "cache"));
    }
    {
      using state = await DemoState.open(path, "/docs");
      assert(state.resumed);
      assertEquals([...state.sent], [["id-1", "a.md"], ["id-2", "odd\nname.md"], ["id-3", "c.md"]]);
      await state.finish();
    }
    using state = await DemoState.open(path, "/docs");
    assert(!state.resumed);
    assertEquals(state.sent.size, 0);
    assert(!await exists(join(path, "mesh.db")));
    assert(!await exists(join(path, "mesh.db-owners")));
    assert(await exists(join(path, "cache")));
  }));

Deno.test("a run with another folder, and a damaged record, begin anew", () =>
  withFolder(async (path) => {
    {
      using state = await DemoState.open(path, "/docs");
      await state.noteSent(new Map([["id-1", "a.md"]]));
    }
    {
      using state = await DemoState.open(path, "/other");
      assert(!state.resumed);
    }
    await Deno.writeTextFile(join(path, "run.json"), "{");
    using state = await DemoState.open(path, "/other");
    assert(!state.resumed);
  }));

Deno.test("a line that was cut off by the end of its process is no envelope", () =>
  withFolder(async (path) => {
    {
      using state = await DemoState.open(path, "/docs");
      await state.noteSent(new Map([["id-1", "a.md"]]));
    }
    await Deno.writeTextFile(join(path, "sent.jsonl"), '["id-2","b.', { append: true });
    {
      using state = await DemoState.open(path, "/docs");
      assertEquals([...state.sent.keys()], ["id-1"]);
      await state.noteSent(new Map([["id-3", "c.md"]]));
    }
    using state = await DemoState.open(path, "/docs");
    assertEquals([...state.sent.keys()], ["id-1", "id-3"]);
  }));

Deno.test("two demos do not share a state", () =>
  withFolder(async (path) => {
    using _state = await DemoState.open(path, "/docs");
    await assertRejects(() => DemoState.open(path, "/docs"), DemoRunningError, "running already");
  }));

Deno.test("the state of another mesh is refused, and left as it was", () =>
  withFolder(async (path) => {
    await Deno.writeTextFile(join(path, "mesh.db"), "queues of somebody's");
    await assertRejects(() => DemoState.open(path, "/docs"), UsageError, "another mesh");
    assertEquals(await Deno.readTextFile(join(path, "mesh.db")), "queues of somebody's");
    await Deno.remove(join(path, "mesh.db"));
    // The lock was given back.
    using state = await DemoState.open(path, "/docs");
    assert(!state.resumed);
  }));
