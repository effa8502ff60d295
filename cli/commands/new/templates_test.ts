import { assertStringIncludes } from "@std/assert";
import { TEMPLATES } from "./templates.ts";

const CASES: readonly [language: string, name: string, file: string, said: string][] = [
  ["go", "fmt", "go.mod", "module example.com/fmt\n"],
  ["go", "go", "go.mod", "module example.com/go\n"],
  ["rust", "greet", "Cargo.toml", 'name = "greet"\n'],
  ["rust", "fn", "Cargo.toml", 'name = "actor-fn"\n'],
  ["rust", "serde-json", "Cargo.toml", 'name = "actor-serde-json"\n'],
  ["rust", "7up", "Cargo.toml", 'name = "actor-7up"\n'],
];

Deno.test("an actor's name may mean something in its language", async (t) => {
  for (const [language, name, file, said] of CASES) {
    await t.step(`${language}: ${name}`, async () => {
      const project = await TEMPLATES[language]?.({ name, folder: `/mesh/${name}` });
      assertStringIncludes(project?.files[file] ?? "", said);
    });
  }
});
