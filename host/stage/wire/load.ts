/**
 * What a sandbox is loaded with: the component, and what binds it.
 *
 * @module
 */

import type { Grants } from "../../grants.ts";
import type { Isolation, Limits } from "../../limits.ts";
import type { MountedFile } from "../../sandbox/file_tree.ts";
import type { ServiceName } from "../services.ts";
import { decodeText, encodeText, splitLength, withLength } from "./bytes.ts";

/** Values that a guest is given, by name. */
export interface Config {
  /** Seen as environment. */
  readonly environment: readonly (readonly [name: string, value: string])[];
  /** Seen through `wasi:config`: those of the environment, and secrets. */
  readonly values: readonly (readonly [name: string, value: string])[];
}

/** What binds a component. */
export interface LoadSettings {
  readonly actor: string;
  readonly grants: Pick<Grants, "route" | "clock">;
  /** What is granted by value. */
  readonly config: Config;
  /** Folders that it can read, where it finds them. */
  readonly mounts: readonly string[];
  /** What it may ask the host for. */
  readonly services: readonly ServiceName[];
  readonly limits: Limits;
  readonly isolation: Isolation;
  /** Whether an instance may be made while no hop needs one. */
  readonly ahead: boolean;
  /** Whether calls of the glue are promises. */
  readonly blocking: boolean;
  /** How the names of the exports begin by which instances are restored. @default instances are made anew */
  readonly restore?: string;
}

/** A sandbox's load: settings, glue, the core modules by name, and the files that its guests can read. */
export interface Load extends LoadSettings {
  readonly files: readonly MountedFile[];
  readonly glue: Uint8Array;
  readonly modules: readonly { readonly name: string; readonly bytes: Uint8Array }[];
}

/** What stands in the head for bytes that follow it. */
type Part<T> = Omit<T, "bytes"> & { readonly length: number };

interface Head extends LoadSettings {
  readonly glue: number;
  readonly modules: readonly Part<Load["modules"][number]>[];
  readonly files: readonly Part<MountedFile>[];
}

/** `u32 length | head, JSON`, then glue, modules and files, whose lengths the head holds. */
export function encodeLoad({ glue, modules, files, ...settings }: Load): Uint8Array[] {
  const head: Head = {
    ...settings,
    glue: glue.length,
    modules: modules.map(({ bytes: { length }, ...rest }) => ({ ...rest, length })),
    files: files.map(({ bytes: { length }, ...rest }) => ({ ...rest, length })),
  };
  const bodies = [...modules, ...files].map(({ bytes }) => bytes);
  return [...withLength(encodeText(JSON.stringify(head))), glue, ...bodies];
}

/** Reads a load. It comes from the host, and is trusted. */
export function decodeLoad(body: Uint8Array<ArrayBuffer>): Load {
  const [head, rest] = splitLength(body);
  const { glue, modules, files, ...settings } = JSON.parse(decodeText(head)) as Head;
  let at = glue;
  const take = <T extends { readonly length: number }>({ length, ...part }: T) => ({
    ...part,
    bytes: rest.subarray(at, at += length),
  });
  return {
    ...settings,
    glue: rest.subarray(0, glue),
    modules: modules.map(take),
    files: files.map(take),
  };
}
