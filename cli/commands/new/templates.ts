/**
 * The languages in which a new actor can be begun, and what every actor has.
 *
 * @module
 */

import type { Project, Template } from "./template.ts";
import { cTemplate } from "./templates/c.ts";
import { goTemplate } from "./templates/go.ts";
import { jsTemplate } from "./templates/js.ts";
import { pythonTemplate } from "./templates/python.ts";
import { rustTemplate } from "./templates/rust.ts";

/** By the name that `troupe new --language` takes. */
export const TEMPLATES: Readonly<Record<string, Template>> = {
  ts: jsTemplate("ts"),
  js: jsTemplate("js"),
  rust: rustTemplate,
  go: goTemplate,
  python: pythonTemplate,
  c: cTemplate,
};

const IGNORED = [
  "# What is built from the source, the state of a mesh, and what tools leave.",
  "build/",
  ".troupe/",
];

/** Files that an actor has in any language. */
export function commonFiles(
  { name, memory = "64Mi", leftovers = [] }: Pick<Project, "memory" | "leftovers"> & {
    readonly name: string;
  },
): Record<string, string> {
  return {
    "actor.yaml": spec(name, memory),
    ".gitignore": [...IGNORED, ...leftovers, ""].join("\n"),
  };
}

function spec(name: string, memory: string): string {
  return `# Greets whom an envelope names.
apiVersion: troupe.dev/v1alpha1
kind: Actor
metadata:
  name: ${name}
spec:
  component:
    file: build/${name}.wasm
  limits:
    memory: ${memory}
    timeout: 5s
`;
}
