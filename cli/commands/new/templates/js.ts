/**
 * A new actor in TypeScript or JavaScript.
 *
 * @module
 */

import { dirname } from "@std/path";
import { sdkNames } from "../../../build/js/sdk_names.ts";
import type { Template } from "../template.ts";

/** In one of the two. */
export function jsTemplate(language: "ts" | "js"): Template {
  return async ({ folder }) => {
    const { toMap, missingIn } = await sdkNames(dirname(folder));
    return {
      files: {
        [`actor.${language}`]: SOURCES[language],
        [`actor_test.${language}`]: test(language),
        ...(toMap ? { "deno.json": JSON.stringify({ imports: toMap }, null, 2) + "\n" } : {}),
      },
      test: "deno test",
      ...(missingIn === undefined ? {} : { note: howToMap(missingIn) }),
    };
  };
}

function howToMap(config: string): string {
  return `The build finds @troupe/sdk by itself; an editor and "deno test" go by ${config}, which does not map it.
Add to its imports: "@troupe/sdk": ${JSON.stringify(import.meta.resolve("@troupe/sdk"))}, and so on.`;
}

const SOURCES: Readonly<Record<"ts" | "js", string>> = {
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

function test(language: "ts" | "js"): string {
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
