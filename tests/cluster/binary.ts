/**
 * Where the binary of the control plane is: see `control_plane/main.go`.
 *
 * It takes minutes of CPU to build, so it is no part of the ordinary tests: `deno task cluster:build` puts it into the
 * user's cache folder once, under a name made of all that it is built from, and `TROUPE_CONTROL_PLANE` can name a ready one.
 *
 * @module
 */

import { encodeHex } from "@std/encoding/hex";
import { fromFileUrl, join } from "@std/path";
import { isRequired } from "../require.ts";

/** The folder with the Go module. */
export const MODULE = fromFileUrl(new URL("./control_plane", import.meta.url));

/** Where `deno task cluster:build` puts the binary that belongs to the sources as they are now. */
export async function cachedBinary(): Promise<string> {
  const cache = Deno.env.get("XDG_CACHE_HOME") ?? join(Deno.env.get("HOME") ?? ".", ".cache");
  const parts = await Promise.all(
    ["go.mod", "go.sum", "main.go"].map((name) => Deno.readTextFile(join(MODULE, name))),
  );
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(parts.join("\0")));
  const name = `${encodeHex(digest).slice(0, 16)}_${Deno.build.os}_${Deno.build.arch}`;
  return join(cache, "troupe", "control_plane", name, "control_plane");
}

/** The binary to use; nothing when there is none. */
export async function controlPlaneBinary(): Promise<string | undefined> {
  const path = Deno.env.get("TROUPE_CONTROL_PLANE") ?? await cachedBinary();
  const stat = await Deno.stat(path).catch(() => undefined);
  return stat?.isFile ? path : undefined;
}

/**
 * Whether tests that need a cluster are to be skipped. With `TROUPE_REQUIRE=cluster` they are not, and so fail for want of
 * the binary.
 */
export async function lacksControlPlane(): Promise<boolean> {
  if (isRequired("cluster") || await controlPlaneBinary() !== undefined) return false;
  console.error("skipped: there is no control plane on this machine (deno task cluster:build)");
  return true;
}
