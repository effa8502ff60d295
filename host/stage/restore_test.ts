import { assert, assertEquals, assertRejects } from "@std/assert";
import type { PreparedComponent } from "../component/component.ts";
import { bundleForSandbox } from "../sandbox/bundle.ts";
import { stateActor } from "../granted/_state_actor_testing.ts";
import {
  envelope,
  obedientActor,
  order,
  prepared,
  testFolder,
  told,
  watComponent,
  withStage,
} from "./_testing.ts";
import { ComponentStartError } from "./errors.ts";
import { decodeMessage, encodeMessage } from "./wire/ask.ts";

/** How a sandbox is told to restore instances. */
async function toldOf(component: PreparedComponent, restore?: boolean): Promise<string | undefined> {
  const script = await bundleForSandbox(new URL("./_loaded_testing.ts", import.meta.url), testFolder());
  const options = { script, ...(restore === undefined ? {} : { restore }) };
  const { message } = await assertRejects(
    () => withStage(component, options, () => Promise.resolve()),
    ComponentStartError,
  );
  return JSON.parse(message.slice(message.indexOf("{"))).restore;
}

Deno.test("a sandbox restores what can be restored, unless it is told not to", async () => {
  const component = await prepared(await obedientActor());
  assert(component.restorable && "prefix" in component.restorable);
  assertEquals(await toldOf(component), component.restorable.prefix);
  assertEquals(await toldOf(component, true), component.restorable.prefix);
  assertEquals(await toldOf(component, false), undefined);
  const odd = await prepared(await watComponent({ fields: `(data "passive")`, handle: `(call $none)` }));
  assertEquals(await toldOf(odd, true), undefined);
});

Deno.test("it is told of each sandbox whether instances in it are restored", async () => {
  const cases = [[{}, true], [{ restore: false }, false], [{ isolation: "reuse" }, false]] as const;
  for (const [options, restores] of cases) {
    await withStage(await obedientActor(), options, ({ events }) => {
      const started = events.find((event) => event.kind === "child-started");
      assertEquals(started?.restores, restores, JSON.stringify(options));
      return Promise.resolve();
    });
  }
});

for (const restore of [true, false]) {
  Deno.test(`no envelope sees what another left, restore: ${restore}`, async () => {
    await withStage(await obedientActor(), { restore }, async ({ stage }) => {
      // One after another, at once, and after those that fail.
      for (const id of ["1", "2", "3"]) assertEquals(told(await stage.run(order(id, ["count"]))), [[1]]);
      assertEquals(told(await stage.run(order("4", ["count"], ["trap"]))), "troupe.Trap");
      const many = Array.from({ length: 50 }, (_, n) => stage.run(order(`m${n}`, ["count"], ["count"])));
      for (const result of await Promise.all(many)) assertEquals(told(result), [[1, 2]]);
    });
  });
}

Deno.test("guests that wait for the host are restored too, and get their own answers", async () => {
  const state = {
    begin: () => ({ ask: (question: Uint8Array<ArrayBuffer>) => Promise.resolve(answerTo(question)) }),
  };
  await withStage(await stateActor(), { services: { state } }, async ({ stage, events }) => {
    assert(events.some((event) => event.kind === "child-started" && event.restores));
    for (let round = 0; round < 5; round++) {
      const keys = Array.from({ length: 8 }, (_, n) => `${round}-${n}`);
      const results = await Promise.all(keys.map((key) => stage.run(envelope(key, [["get", key]]))));
      assertEquals(results.map(told), keys.map((key) => [[[`of ${key}`, "1"]]]));
    }
  });
});

/** A value that names the key. */
function answerTo(question: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const { key } = decodeMessage(question).head as { key: string };
  return encodeMessage({ version: "1" }, new TextEncoder().encode(`of ${key}`));
}
