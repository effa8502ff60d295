/**
 * The files that are made of sources: what is in them, and where they are.
 *
 * @module
 */

import { dockerfile, dockerignore } from "@troupe/host/image/dockerfile";
import { z } from "zod";
import { reference, settingsReference } from "../crd/reference.ts";
import { kustomizeBase } from "./kustomize_base.ts";

/** A file that is made. */
export interface GeneratedFile {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

const NOTE = '# Made by "deno task generate": change its sources, in controller/.\n';

/** Every file, formatted as the repository's files are. */
export async function generatedFiles(): Promise<GeneratedFile[]> {
  const files = [
    ...kustomizeBase().map(({ name, text }) => ({
      path: `controller/manifests/base/${name}`,
      text: NOTE + text,
    })),
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
