// Which components get `wasi:http`, and what is said to those that do not.

import { Buffer } from "node:buffer";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { inspect } from "../component/prepare.ts";
import type { Grants } from "../grants.ts";
import { CLIENT, httpComponent } from "../stage/_http_testing.ts";
import { testFolder } from "../stage/_testing.ts";

async function inspected(component: Uint8Array, grants: Grants) {
  const path = `${testFolder()}/${crypto.randomUUID()}.wasm`;
  await Deno.writeFile(path, component);
  return await inspect({ kind: "file", path }, { cacheDir: testFolder(), grants });
}

for (const version of ["0.2.0", "0.2.1", "0.2.3", "0.2.8"]) {
  Deno.test(`wasi:http of version ${version} is there for whoever is granted it`, async () => {
    const component = await httpComponent(CLIENT.replaceAll("@0.2.3", `@${version}`), version);
    const granted = await inspected(component, { route: [], http: [] });
    assertEquals(granted.refusals, []);
    assert(
      granted.imports.some(({ name, grant }) => name === `wasi:http/types@${version}` && grant === "http"),
    );

    const { refusals: [refusal, more] } = await inspected(component, { route: [], state: {} });
    assertEquals([refusal?.code, more], ["troupe.ImportDenied", undefined]);
    for (const part of ["types", "outgoing-handler"]) {
      assertStringIncludes(refusal?.message ?? "", `wasi:http/${part}@${version}`);
    }
    assertStringIncludes(refusal?.message ?? "", "give it under spec.grants.http in actor.yaml");
  });
}

/** Exchanges a name in a component for one that is as long. */
function exchanged(component: Uint8Array, from: string, to: string): Uint8Array {
  const text = Buffer.from(component).toString("latin1");
  assert(text.includes(from) && from.length === to.length);
  return new Uint8Array(Buffer.from(text.replaceAll(from, to), "latin1"));
}

Deno.test("what is called wasi:http and is another, is refused", async () => {
  const component = await httpComponent(CLIENT);
  const others = {
    "another function": ["set-authority", "sit-authority"],
    "another case": ["loop-detected", "loop-detector"],
    "another interface": ["wasi:http/outgoing-handler", "wasi:http/incoming-handler"],
    "another version": ["wasi:http/types@0.2.3", "wasi:http/types@0.3.3"],
  };
  for (const [what, [from = "", to = ""]] of Object.entries(others)) {
    const { refusals } = await inspected(exchanged(component, from, to), { route: [], http: [] });
    assertEquals(refusals[0]?.code, "troupe.ImportDenied", what);
    assertStringIncludes(refusals[0]?.message ?? "", "wasi:http/", what);
  }
});
