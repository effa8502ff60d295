/**
 * What the tests of the SDKs share.
 *
 * @module
 */

import { buildActor } from "@troupe/cli/build";
import { type ActorSpec, parseActorSpec } from "@troupe/controller/spec";
import type { Json } from "@troupe/host/envelope";
import type { Failure, HopResult } from "@troupe/host/hop";
import { assert, assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { type Hops, runHops } from "../../cli/build/_testing.ts";
import { digestFile } from "../../cli/build/digest.ts";
import { CONTRACT_FOLDER } from "../../cli/build/sdk_folders.ts";

/** The working tree. */
export const ROOT: string = fromFileUrl(new URL("../..", import.meta.url));

/** The folder of a language's conformance actor. */
export function conformanceActor(language: string): string {
  return join(ROOT, "sdk/conformance/actors", language);
}

/** Where a command is run. */
export interface RunOptions {
  readonly cwd: string;
  /** Variables beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs a program to its end.
 *
 * @returns What it wrote, to either place.
 * @throws when it fails.
 */
export async function ran(
  program: string,
  args: readonly string[],
  { cwd, env = {} }: RunOptions,
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    cwd,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
  }).output();
  const text = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  assert(success, `${program} ${args.join(" ")}:\n${text}`);
  return text;
}

/** Builds an actor and has it handle payloads, in its sandbox, with what it is granted. */
export async function hops(
  { spec }: { readonly spec: ActorSpec },
  payloads: readonly unknown[],
): Promise<Hops> {
  await buildActor(spec, { check: true });
  return await runHops(spec, payloads);
}

/**
 * The actor of a folder in `tests/sdk`, which is built there, and kept.
 *
 * @param port Of the server that its spec lets it ask, in the place of 8080.
 */
export async function guestIn(folder: string, port: number): Promise<{ readonly spec: ActorSpec }> {
  const file = fromFileUrl(new URL(`${folder}/actor.yaml`, import.meta.url));
  const text = (await Deno.readTextFile(file)).replaceAll("8080", String(port));
  return { spec: parseActorSpec(text, { file }) };
}

/** The payload of a hop that emitted one. @throws when it failed, or emitted none, or more. */
export function payloadOf(result: HopResult | undefined): Json {
  assert(result?.ok, JSON.stringify(result));
  assertEquals(result.emits.length, 1);
  return JSON.parse(result.emits[0]?.payload ?? "");
}

/** The failure of a hop. @throws when it did not fail. */
export function failureOf(result: HopResult | undefined): Failure {
  assert(result?.ok === false, JSON.stringify(result));
  return result.failure;
}

/** The blocks of code in a page, of one language. */
export async function blocksIn(page: string, language: string): Promise<string[]> {
  const text = await Deno.readTextFile(page);
  const blocks = text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"));
  return Array.from(blocks, ([, code = ""]) => code);
}

/** A file of a binding, which was written by hand for a file of the contract. */
export interface WrittenFor {
  /** Such as `actor.wit`. */
  readonly contract: string;
  /** Path of the binding. */
  readonly binding: string;
  /** Where the digest of the contract's file stands in it: the first group. */
  readonly stated: RegExp;
}

/** @throws when a file of the contract is another one than that for which a binding was written. */
export async function assertWrittenFor({ contract, binding, stated }: WrittenFor): Promise<void> {
  const digest = await digestFile(join(CONTRACT_FOLDER, contract));
  const known = stated.exec(await Deno.readTextFile(binding))?.[1];
  assertEquals(known, digest, `${contract} has changed: see the head of ${binding}`);
}
