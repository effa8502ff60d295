/**
 * The files of a new actor.
 *
 * @module
 */

/** What an actor can be written in. */
export type Language = "ts" | "js";

/** What the files are made from. */
export interface TemplateOptions {
  /** The actor's name. */
  readonly name: string;
  readonly language: Language;
  /** What the folder's own `deno.json` has to map. @default it needs none */
  readonly imports?: Readonly<Record<string, string>>;
}

/** The files, by their names. */
export function actorFiles({ name, language, imports }: TemplateOptions): Record<string, string> {
  return {
    "actor.yaml": spec(name),
    [`actor.${language}`]: SOURCES[language],
    [`actor_test.${language}`]: test(language),
    ".gitignore": "# What is built from the source, and the state of a mesh.\nbuild/\n.troupe/\n",
    ...(imports ? { "deno.json": JSON.stringify({ imports }, null, 2) + "\n" } : {}),
  };
}

function spec(name: string): string {
  return `# Greets whom an envelope names.
apiVersion: troupe.dev/v1alpha1
kind: Actor
metadata:
  name: ${name}
spec:
  component:
    file: build/${name}.wasm
  limits:
    memory: 64Mi
    timeout: 5s
`;
}

const SOURCES: Readonly<Record<Language, string>> = {
  ts: `/**
 * Greets whom an envelope names.
 *
 * @module
 */

import { Fatal } from "@troupe/sdk";

/** What is sent to it. */
export interface Task {
  readonly name: string;
}

/** From one payload to the next: what it returns goes on to the actor that follows in the route. */
export function handle({ name }: Task) {
  if (!name) throw new Fatal('name is missing: send {"name": "Ada"}');
  return { greeting: \`Hello, \${name}!\` };
}
`,
  js: `/**
 * Greets whom an envelope names.
 *
 * @module
 */

import { Fatal } from "@troupe/sdk";

/**
 * From one payload to the next: what it returns goes on to the actor that follows in the route.
 *
 * @param {{ name: string }} task What is sent to it.
 */
export function handle({ name }) {
  if (!name) throw new Fatal('name is missing: send {"name": "Ada"}');
  return { greeting: \`Hello, \${name}!\` };
}
`,
};

function test(language: Language): string {
  return `import { deepEqual, equal } from "node:assert/strict";
import { run } from "@troupe/sdk/testing";
import { handle } from "./actor.${language}";

Deno.test("it greets", () => {
  const { payloads } = run(handle, { name: "Ada" });
  deepEqual(payloads, [{ greeting: "Hello, Ada!" }]);
});

Deno.test("without a name, trying again is of no use", () => {
  equal(run(handle, { name: "" }).failure?.kind, "troupe.Fatal");
});
`;
}
