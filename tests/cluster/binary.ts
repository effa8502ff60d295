/**
 * Where the programs are that make a cluster: see `control_plane/main.go` and `keda/main.go`.
 *
 * They take minutes of CPU to build, so they are no part of the ordinary tests: `deno task cluster:build` puts each into the
 * user's cache folder once, under a name made of all that it is built from, and a variable of the environment can name a ready
 * one.
 *
 * @module
 */

import { encodeHex } from "@std/encoding/hex";
import { fromFileUrl, join } from "@std/path";
import { isRequired } from "../require.ts";

/** A program that is built from a Go module. */
export interface Program {
  /** What its file is called. */
  readonly name: string;
  /** The folder with the Go module. */
  readonly module: string;
  /** The package in it, as `go build` takes it. */
  readonly package: string;
  /** The variable of the environment that names a ready one. */
  readonly variable: string;
}

const moduleAt = (folder: string) => fromFileUrl(new URL(folder, import.meta.url));

/** The API server, what it stores in, and the controllers. */
export const CONTROL_PLANE: Program = {
  name: "control_plane",
  module: moduleAt("./control_plane"),
  package: ".",
  variable: "TROUPE_CONTROL_PLANE",
};
/** KEDA's operator, as it is. */
export const KEDA_OPERATOR: Program = {
  name: "keda_operator",
  module: moduleAt("./keda"),
  package: "github.com/kedacore/keda/v2/cmd/operator",
  variable: "TROUPE_KEDA_OPERATOR",
};
/** What KEDA has beside its operator: the adapter and the webhooks. */
export const KEDA: Program = {
  name: "keda",
  module: moduleAt("./keda"),
  package: ".",
  variable: "TROUPE_KEDA",
};

/** Where `deno task cluster:build` puts the program that belongs to the sources as they are now. */
export async function cachedPath({ name, module }: Program): Promise<string> {
  const cache = Deno.env.get("XDG_CACHE_HOME") ?? join(Deno.env.get("HOME") ?? ".", ".cache");
  const parts = await Promise.all(
    ["go.mod", "go.sum", "main.go"].map((file) => Deno.readTextFile(join(module, file))),
  );
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(parts.join("\0")));
  const folder = `${encodeHex(digest).slice(0, 16)}_${Deno.build.os}_${Deno.build.arch}`;
  return join(cache, "troupe", name, folder, name);
}

/** The program to use; nothing when there is none. */
export async function pathOf(program: Program): Promise<string | undefined> {
  const path = Deno.env.get(program.variable) ?? await cachedPath(program);
  const stat = await Deno.stat(path).catch(() => undefined);
  return stat?.isFile ? path : undefined;
}

/**
 * The program to use.
 *
 * @throws {ProgramMissingError} when there is none.
 */
export async function needed(program: Program): Promise<string> {
  const path = await pathOf(program);
  if (path === undefined) throw new ProgramMissingError(program);
  return path;
}

/** A program is not on this machine. */
export class ProgramMissingError extends Error {
  override readonly name = "ProgramMissingError";

  constructor({ name, variable }: Program) {
    const named = Deno.env.get(variable);
    super(
      named === undefined
        ? `there is no ${name} on this machine: run deno task cluster:build`
        : `${variable} names ${named}, which is no file`,
    );
  }
}

/**
 * Whether tests that need a cluster are to be skipped. With `TROUPE_REQUIRE=cluster` they are not, and so fail for want of
 * the program.
 */
export function lacksControlPlane(): Promise<boolean> {
  return lacks([CONTROL_PLANE], "control plane");
}

/** The same for tests that need KEDA in it. */
export function lacksKeda(): Promise<boolean> {
  return lacks([CONTROL_PLANE, KEDA_OPERATOR, KEDA], "control plane with KEDA");
}

async function lacks(programs: readonly Program[], what: string): Promise<boolean> {
  if (isRequired("cluster")) return false;
  const paths = await Promise.all(programs.map(pathOf));
  if (!paths.includes(undefined)) return false;
  console.error(`skipped: there is no ${what} on this machine (deno task cluster:build)`);
  return true;
}
