/**
 * The files that are made of sources: what is in them, and where they are.
 *
 * @module
 */

import { dockerfile, dockerignore } from "@troupe/host/image/dockerfile";
import { stringify } from "yaml";
import { z } from "zod";
import { rbac } from "../build/rbac.ts";
import { actorDefinition } from "../crd/definition.ts";
import { reference, settingsReference } from "../crd/reference.ts";
import { SYSTEM_NAMESPACE } from "../install/labels.ts";

/** A file that is made. */
export interface GeneratedFile {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

const NOTE = '# Made by "deno task generate": change its sources, in controller/.\n';

/** Objects as one file of YAML. */
export function yamlOf(objects: readonly unknown[]): string {
  return objects.map((object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })).join(
    "---\n",
  );
}

/** Every file, formatted as the repository's files are. */
export async function generatedFiles(): Promise<GeneratedFile[]> {
  const files = [
    { path: "controller/manifests/crd.yaml", text: NOTE + yamlOf([actorDefinition()]) },
    { path: "controller/manifests/rbac.yaml", text: NOTE + yamlOf(rbac(SYSTEM_NAMESPACE)) },
    { path: "host/Dockerfile", text: dockerfile() },
    { path: ".dockerignore", text: dockerignore(await workspace()) },
    { path: "docs/actor_resource.md", text: reference() },
    { path: "docs/controller_settings.md", text: settingsReference() },
  ];
  return await Promise.all(
    files.map(async ({ path, text }) => ({
      path,
      text: HAS_FORMAT.test(path) ? await formatted(path, text) : text,
    })),
  );
}

/** What the formatter knows; the rest stays as it is made. */
const HAS_FORMAT = /\.(md|yaml)$/;

async function workspace(): Promise<string[]> {
  const config = await Deno.readTextFile(new URL("../../deno.json", import.meta.url));
  return z.object({ workspace: z.array(z.string()) }).parse(JSON.parse(config)).workspace;
}

/** A text as `deno fmt` leaves it. @throws {Error} with what it said */
export async function formatted(path: string, text: string): Promise<string> {
  const extension = path.slice(path.lastIndexOf(".") + 1);
  const process = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext", extension, "-"],
    cwd: new URL("../..", import.meta.url),
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { success, stdout, stderr } = await process.output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`${path} cannot be formatted: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}
