/**
 * The WIT packages that guests with files, values and clocks are built against in tests; of the tables of WASI 0.2 only what
 * they use.
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";

const ACTOR = fromFileUrl(new URL("../../sdk/wit/actor.wit", import.meta.url));

const WORLD = `
package troupe:testing@0.1.0;
world reader {
  include troupe:actor/actor@0.1.0;
  import wasi:cli/environment@0.2.3;
  import wasi:config/store@0.2.0-rc.1;
  import wasi:clocks/monotonic-clock@0.2.3;
  import wasi:filesystem/preopens@0.2.3;
}`;

const PACKAGES: Record<string, string> = {
  cli: `package wasi:cli@0.2.3;
interface environment { get-environment: func() -> list<tuple<string, string>>; }`,
  config: `package wasi:config@0.2.0-rc.1;
interface store {
  variant error { upstream(string), io(string) }
  get: func(key: string) -> result<option<string>, error>;
  get-all: func() -> result<list<tuple<string, string>>, error>;
}`,
  clocks: `package wasi:clocks@0.2.3;
interface monotonic-clock {
  type instant = u64;
  now: func() -> instant;
}`,
  io: `package wasi:io@0.2.3;
interface error { resource error { to-debug-string: func() -> string; } }
interface streams {
  use error.{error};
  variant stream-error { last-operation-failed(error), closed }
  resource input-stream { blocking-read: func(len: u64) -> result<list<u8>, stream-error>; }
}`,
  filesystem: `package wasi:filesystem@0.2.3;
interface types {
  use wasi:io/streams@0.2.3.{input-stream};
  type filesize = u64;
  enum descriptor-type {
    unknown, block-device, character-device, directory, fifo, symbolic-link, regular-file, socket
  }
  flags descriptor-flags {
    read, write, file-integrity-sync, data-integrity-sync, requested-write-sync, mutate-directory
  }
  flags path-flags { symlink-follow }
  flags open-flags { create, directory, exclusive, truncate }
  enum error-code {
    access, would-block, already, bad-descriptor, busy, deadlock, quota, exist, file-too-large,
    illegal-byte-sequence, in-progress, interrupted, invalid, io, is-directory, loop, too-many-links, message-size,
    name-too-long, no-device, no-entry, no-lock, insufficient-memory, insufficient-space, not-directory, not-empty,
    not-recoverable, unsupported, no-tty, no-such-device, overflow, not-permitted, pipe, read-only, invalid-seek,
    text-file-busy, cross-device
  }
  record directory-entry { %type: descriptor-type, name: string }
  resource descriptor {
    read-via-stream: func(offset: filesize) -> result<input-stream, error-code>;
    read: func(length: filesize, offset: filesize) -> result<tuple<list<u8>, bool>, error-code>;
    read-directory: func() -> result<directory-entry-stream, error-code>;
    open-at: func(path-flags: path-flags, path: string, open-flags: open-flags, %flags: descriptor-flags)
      -> result<descriptor, error-code>;
    unlink-file-at: func(path: string) -> result<_, error-code>;
  }
  resource directory-entry-stream {
    read-directory-entry: func() -> result<option<directory-entry>, error-code>;
  }
}
interface preopens {
  use types.{descriptor};
  get-directories: func() -> list<tuple<descriptor, string>>;
}`,
};

/** Writes them below a folder, as toolchains expect them. @returns What `componentize` takes. */
export async function grantedWit(
  folder: string,
): Promise<{ readonly witPath: string; readonly world: string }> {
  const path = join(folder, "granted-wit");
  const packages = { ...PACKAGES, actor: await Deno.readTextFile(ACTOR) };
  for (const [name, text] of Object.entries(packages)) {
    await Deno.mkdir(join(path, "deps", name), { recursive: true });
    await Deno.writeTextFile(join(path, "deps", name, "package.wit"), text);
  }
  await Deno.writeTextFile(join(path, "world.wit"), WORLD);
  return { witPath: path, world: "reader" };
}
