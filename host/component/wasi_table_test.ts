import { assert, assertEquals } from "@std/assert";
import { createWasi } from "../sandbox/wasi.ts";
import { CONTRACT } from "./contract_table.ts";
import { HARMLESS } from "./wasi_table.ts";

const camel = (name: string) => name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
const pascal = (name: string) => camel(`-${name}`);

/** The names under which glue looks up the functions, resources and methods of an interface. */
function lookedUp(members: ReadonlyMap<string, string>): string[] {
  return [...members].flatMap(([name, type]) => {
    const [, resource, method] = /^\[method\]([a-z-]+)\.([a-z0-9-]+)$/.exec(name) ?? [];
    if (resource && method) return [`${pascal(resource)}#${camel(method)}`];
    if (type === "resource") return [pascal(name)];
    return type.startsWith("func(") ? [camel(name)] : [];
  });
}

/** The names that there are. */
function provided(members: Record<string, unknown>): string[] {
  return Object.entries(members).flatMap(([name, value]) => {
    if (!/^[A-Z]/.test(name)) return [name];
    const { prototype } = value as { prototype: object };
    return [name, ...Object.keys(prototype).map((method) => `${name}#${method}`)];
  });
}

Deno.test("what an actor may import of WASI is what there is for it", () => {
  const wasi = createWasi({ stdout: () => {}, stderr: () => {} });
  assertEquals([...HARMLESS.keys()].sort(), Object.keys(wasi).sort());
  for (const [path, members] of HARMLESS) {
    assertEquals(lookedUp(members).sort(), provided(wasi[path] ?? {}).sort(), path);
  }
});

Deno.test("resources of other interfaces are there", () => {
  for (const [path, members] of [...HARMLESS, ...CONTRACT]) {
    for (const [name, type] of members) {
      for (const [, other = "", resource = ""] of type.matchAll(/(wasi:[a-z/-]+)\.([a-z-]+)/g)) {
        assertEquals(HARMLESS.get(other)?.get(resource), "resource", `${path} ${name}`);
      }
    }
  }
});

Deno.test("every type that is named is defined", () => {
  const own = new Set(
    ("func record variant enum flags list option result own borrow tuple string bool u8 u16 u32 u64 resource")
      .split(" "),
  );
  for (const [path, members] of [...HARMLESS, ...CONTRACT]) {
    for (const [name, type] of members) {
      const withoutLabels = type.replaceAll(/[a-z-]+: /g, "").replaceAll(/wasi:[a-z/.-]+/g, "")
        .replaceAll(/(enum|flags|variant)\{[^}]*\}/g, "$1");
      for (const [word] of withoutLabels.matchAll(/[a-z][a-z0-9-]*/g)) {
        assert(own.has(word) || members.has(word), `${path} ${name}: ${word}`);
      }
    }
  }
});
