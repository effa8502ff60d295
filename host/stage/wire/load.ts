/**
 * What a sandbox is loaded with: the component, and what binds it.
 *
 * @module
 */

import type { Grants } from "../../grants.ts";
import type { Isolation, Limits } from "../../limits.ts";
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

/** A sandbox's load: settings, glue, and the core modules by name. */
export interface Load extends LoadSettings {
  readonly glue: Uint8Array;
  readonly modules: readonly { readonly name: string; readonly bytes: Uint8Array }[];
}

/** `u32 length | settings, JSON`, then glue and modules, whose lengths the settings hold. */
export function encodeLoad({ glue, modules, ...settings }: Load): Uint8Array[] {
  const parts = modules.map(({ name, bytes }) => ({ name, length: bytes.length }));
  const head = encodeText(JSON.stringify({ ...settings, glue: glue.length, modules: parts }));
  return [...withLength(head), glue, ...modules.map(({ bytes }) => bytes)];
}

/** Reads a load. It comes from the host, and is trusted. */
export function decodeLoad(body: Uint8Array<ArrayBuffer>): Load {
  const [head, rest] = splitLength(body);
  const { glue, modules, ...settings } = JSON.parse(decodeText(head)) as LoadSettings & {
    glue: number;
    modules: { name: string; length: number }[];
  };
  let at = glue;
  return {
    ...settings,
    glue: rest.subarray(0, glue),
    modules: modules.map(({ name, length }) => ({ name, bytes: rest.subarray(at, at += length) })),
  };
}
