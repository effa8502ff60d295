// A live mesh, and everything that can be wrong with what is put into it: each thing gets a named error in the right
// place, with its bytes kept, and an honest envelope comes through after all of it.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { SINK, SUMP } from "@troupe/host/actor_name";
import type { DeadRecord, Store } from "@troupe/host/crew/store";
import { MAX_CLAIMED_ENVELOPE_BYTES } from "@troupe/host/crew/claim_check";
import { createLogger } from "@troupe/host/observe/logs";
import { NO_METRICS } from "@troupe/host/observe/metrics";
import { dirname, join } from "@std/path";
import { MeshFolder } from "../../cli/mesh/folder.ts";
import { Mesh } from "../../cli/mesh/mesh.ts";
import { actor, assemble } from "../../host/component/_testing/components.ts";
import { actorYaml, TestMesh } from "./_mesh_folder.ts";

/** An open mesh, which tells of each end. */
interface Live {
  readonly mesh: Mesh;
  /** Resolves when so many more ends than were asked for before were recorded. */
  ends(count: number): Promise<void>;
}

async function openMesh(dir: string, data: string): Promise<Live> {
  let seen = 0;
  let asked = 0;
  let wake = () => {};
  const mesh = await Mesh.open({
    dir,
    folder: new MeshFolder(data),
    logger: createLogger({ format: "json", write: () => {} }),
    metrics: NO_METRICS,
    noQueueMs: 200,
    onEnd() {
      seen++;
      wake();
    },
  });
  await mesh.started;
  return {
    mesh,
    async ends(count) {
      asked += count;
      while (seen < asked) await new Promise<void>((resolve) => wake = resolve);
    },
  };
}

const bytes = (text: string) => new TextEncoder().encode(text);
const envelope = (parts: object) =>
  bytes(JSON.stringify({ id: "good", route: { prev: [], curr: "echo", next: [] }, payload: 1, ...parts }));

/** What is put into the queue of `echo`, and the reason for which it is found in `x-sump`. */
const BAD: Readonly<Record<string, { readonly body: Uint8Array; readonly reason: string }>> = {
  "no JSON": { body: bytes("{,}"), reason: "troupe.MalformedEnvelope" },
  "no UTF-8": { body: Uint8Array.of(0x7b, 0xff, 0x7d), reason: "troupe.MalformedEnvelope" },
  "nothing": { body: new Uint8Array(), reason: "troupe.MalformedEnvelope" },
  "no id": { body: envelope({ id: undefined }), reason: "troupe.MalformedEnvelope" },
  "no route": { body: envelope({ route: undefined }), reason: "troupe.MalformedEnvelope" },
  "a route that is none": { body: envelope({ route: ["echo"] }), reason: "troupe.MalformedEnvelope" },
  "a route to no name": {
    body: envelope({ route: { prev: [], curr: "echo", next: ["A B"] } }),
    reason: "troupe.MalformedEnvelope",
  },
  "another's turn": {
    body: envelope({ id: "mismatch", route: { prev: [], curr: "other", next: [] } }),
    reason: "troupe.RouteMismatch",
  },
  "too many hops": {
    body: envelope({ id: "hops", route: { prev: Array(257).fill("echo"), curr: "echo", next: [] } }),
    reason: "troupe.TooManyHops",
  },
  "too long a route": {
    body: envelope({ id: "long", route: { prev: [], curr: "echo", next: Array(257).fill("echo") } }),
    reason: "troupe.RouteTooLong",
  },
  "over the limit": {
    body: envelope({ id: "large", payload: "x".repeat(MAX_CLAIMED_ENVELOPE_BYTES) }),
    reason: "troupe.TooLarge",
  },
};

async function deadOf(store: Store): Promise<readonly DeadRecord[]> {
  return (await store.dead()).items;
}

Deno.test("what is no envelope, or cannot be handled, is found in x-sump with its bytes; honest ones go on", async () => {
  await using folder = await TestMesh.make({ echo: "export const handle = (payload) => payload;\n" });
  const { mesh, ends } = await openMesh(folder.dir, folder.data);
  try {
    const cases = Object.entries(BAD);
    await mesh.transport.publish(cases.map(([, { body }]) => ({ queue: "echo", body })));
    await ends(cases.length);
    const dead = await deadOf(mesh.store);
    for (const [what, { body, reason }] of cases) {
      const found = dead.filter((record) => equal(record.body, body));
      assertEquals(found.map((record) => [record.reason, record.queue]), [[reason, "echo"]], what);
      assert(found[0]?.message, `${what}: no sentence says what was wrong`);
    }
    assertEquals(dead.length, cases.length);

    await mesh.transport.publish([{ queue: SINK, body: bytes("not a result") }, {
      queue: SUMP,
      body: bytes("by hand"),
    }]);
    await ends(2);
    const byHand = (await deadOf(mesh.store)).slice(cases.length).map(({ body }) =>
      new TextDecoder().decode(body)
    );
    assertEquals(byHand.toSorted(), ["by hand", "not a result"]);

    await mesh.transport.publish([{
      queue: "echo",
      body: envelope({ route: { prev: [], curr: "echo", next: ["nobody"] } }),
    }]);
    await ends(1);
    const nobody = (await deadOf(mesh.store)).at(-1);
    assertEquals([nobody?.reason, nobody?.id, nobody?.queue], ["troupe.NoSuchActor", "good", "nobody"]);

    await mesh.transport.publish([{ queue: "echo", body: envelope({ id: "honest" }) }]);
    await ends(1);
    assertEquals((await mesh.store.result("honest"))?.phase, "succeeded");
    assertEquals((await mesh.store.counts()).results, 1);
  } finally {
    await mesh.drain();
  }
});

Deno.test("a component that is none, of another world, or that wants out is refused by name; the others run", async () => {
  const sockets = await actor({
    before:
      `(import "wasi:sockets/instance-network@0.2.0" (instance (export "network" (type (sub resource)))))`,
  });
  const components: Readonly<Record<string, readonly [Uint8Array, RegExp]>> = {
    "no-wasm": [bytes("#!/bin/sh\necho hello\n"), /not.*WebAssembly/i],
    "core-module": [await assemble("(module)"), /core module/i],
    "other-world": [await assemble("(component)"), /handle/],
    "sockets": [sockets, /wasi:sockets\/instance-network/],
    "cut-off": [(await actor()).subarray(0, 200), /./],
  };
  await using folder = await TestMesh.make({ echo: "export const handle = (payload) => payload;\n" });
  for (const [name, [component]] of Object.entries(components)) {
    const file = join(folder.dir, name, "build", `${name}.wasm`);
    await Deno.mkdir(dirname(file), { recursive: true });
    await Deno.writeFile(file, component);
    await Deno.writeTextFile(join(folder.dir, name, "actor.yaml"), actorYaml(name));
  }
  const { mesh, ends } = await openMesh(folder.dir, folder.data);
  try {
    for (const { name, state, problem } of mesh.actorStates()) {
      const [, says] = components[name] ?? [];
      assertEquals([name, state], [name, says ? "refused" : "running"], problem);
      if (says) assert(says.test(problem), `${name}: ${problem}`);
    }
    // What is not granted is named with the place to grant it, or said not to be grantable.
    const refusal = mesh.actorStates().find(({ name }) => name === "sockets")?.problem ?? "";
    assertStringIncludes(refusal, "import");
    await mesh.transport.publish([{ queue: "echo", body: envelope({}) }]);
    await ends(1);
    assertEquals((await mesh.store.result("good"))?.phase, "succeeded");
  } finally {
    await mesh.drain();
  }
});

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
