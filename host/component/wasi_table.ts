/**
 * The interfaces of WASI 0.2 that toolchains always import: those to which every actor gets a harmless version
 * (`sandbox/wasi.ts`). Source: the WIT packages of WASI 0.2; all versions of 0.2 agree in what stands here.
 *
 * @module
 */

import { interfaceTable } from "./interface_table.ts";

/** The harmless interfaces. */
export const HARMLESS = interfaceTable(`
wasi:cli/environment
  get-environment: func() -> list<tuple<string, string>>
  get-arguments: func() -> list<string>
  initial-cwd: func() -> option<string>
wasi:cli/exit
  exit: func(status: result)
  exit-with-code: func(status-code: u8)
wasi:cli/stdin
  input-stream: wasi:io/streams.input-stream
  get-stdin: func() -> own<input-stream>
wasi:cli/stdout
  output-stream: wasi:io/streams.output-stream
  get-stdout: func() -> own<output-stream>
wasi:cli/stderr
  output-stream: wasi:io/streams.output-stream
  get-stderr: func() -> own<output-stream>
wasi:cli/terminal-input
  terminal-input: resource
wasi:cli/terminal-output
  terminal-output: resource
wasi:cli/terminal-stdin
  terminal-input: wasi:cli/terminal-input.terminal-input
  get-terminal-stdin: func() -> option<own<terminal-input>>
wasi:cli/terminal-stdout
  terminal-output: wasi:cli/terminal-output.terminal-output
  get-terminal-stdout: func() -> option<own<terminal-output>>
wasi:cli/terminal-stderr
  terminal-output: wasi:cli/terminal-output.terminal-output
  get-terminal-stderr: func() -> option<own<terminal-output>>
wasi:clocks/monotonic-clock
  instant: u64
  duration: u64
  pollable: wasi:io/poll.pollable
  now: func() -> instant
  resolution: func() -> duration
  subscribe-instant: func(when: instant) -> own<pollable>
  subscribe-duration: func(when: duration) -> own<pollable>
wasi:clocks/wall-clock
  datetime: record{seconds: u64, nanoseconds: u32}
  now: func() -> datetime
  resolution: func() -> datetime
wasi:filesystem/preopens
  descriptor: wasi:filesystem/types.descriptor
  get-directories: func() -> list<tuple<own<descriptor>, string>>
wasi:filesystem/types
  input-stream: wasi:io/streams.input-stream
  output-stream: wasi:io/streams.output-stream
  error: wasi:io/error.error
  datetime: record{seconds: u64, nanoseconds: u32}
  filesize: u64
  descriptor-type: enum{unknown, block-device, character-device, directory, fifo, symbolic-link, regular-file, socket}
  descriptor-flags: flags{read, write, file-integrity-sync, data-integrity-sync, requested-write-sync, mutate-directory}
  path-flags: flags{symlink-follow}
  open-flags: flags{create, directory, exclusive, truncate}
  link-count: u64
  descriptor-stat: record{type: descriptor-type, link-count: link-count, size: filesize, data-access-timestamp: option<datetime>, data-modification-timestamp: option<datetime>, status-change-timestamp: option<datetime>}
  new-timestamp: variant{no-change, now, timestamp(datetime)}
  directory-entry: record{type: descriptor-type, name: string}
  error-code: enum{access, would-block, already, bad-descriptor, busy, deadlock, quota, exist, file-too-large, illegal-byte-sequence, in-progress, interrupted, invalid, io, is-directory, loop, too-many-links, message-size, name-too-long, no-device, no-entry, no-lock, insufficient-memory, insufficient-space, not-directory, not-empty, not-recoverable, unsupported, no-tty, no-such-device, overflow, not-permitted, pipe, read-only, invalid-seek, text-file-busy, cross-device}
  advice: enum{normal, sequential, random, will-need, dont-need, no-reuse}
  metadata-hash-value: record{lower: u64, upper: u64}
  descriptor: resource
  [method]descriptor.read-via-stream: func(self: borrow<descriptor>, offset: filesize) -> result<own<input-stream>, error-code>
  [method]descriptor.write-via-stream: func(self: borrow<descriptor>, offset: filesize) -> result<own<output-stream>, error-code>
  [method]descriptor.append-via-stream: func(self: borrow<descriptor>) -> result<own<output-stream>, error-code>
  [method]descriptor.advise: func(self: borrow<descriptor>, offset: filesize, length: filesize, advice: advice) -> result<_, error-code>
  [method]descriptor.sync-data: func(self: borrow<descriptor>) -> result<_, error-code>
  [method]descriptor.get-flags: func(self: borrow<descriptor>) -> result<descriptor-flags, error-code>
  [method]descriptor.get-type: func(self: borrow<descriptor>) -> result<descriptor-type, error-code>
  [method]descriptor.set-size: func(self: borrow<descriptor>, size: filesize) -> result<_, error-code>
  [method]descriptor.set-times: func(self: borrow<descriptor>, data-access-timestamp: new-timestamp, data-modification-timestamp: new-timestamp) -> result<_, error-code>
  [method]descriptor.read: func(self: borrow<descriptor>, length: filesize, offset: filesize) -> result<tuple<list<u8>, bool>, error-code>
  [method]descriptor.write: func(self: borrow<descriptor>, buffer: list<u8>, offset: filesize) -> result<filesize, error-code>
  [method]descriptor.read-directory: func(self: borrow<descriptor>) -> result<own<directory-entry-stream>, error-code>
  [method]descriptor.sync: func(self: borrow<descriptor>) -> result<_, error-code>
  [method]descriptor.create-directory-at: func(self: borrow<descriptor>, path: string) -> result<_, error-code>
  [method]descriptor.stat: func(self: borrow<descriptor>) -> result<descriptor-stat, error-code>
  [method]descriptor.stat-at: func(self: borrow<descriptor>, path-flags: path-flags, path: string) -> result<descriptor-stat, error-code>
  [method]descriptor.set-times-at: func(self: borrow<descriptor>, path-flags: path-flags, path: string, data-access-timestamp: new-timestamp, data-modification-timestamp: new-timestamp) -> result<_, error-code>
  [method]descriptor.link-at: func(self: borrow<descriptor>, old-path-flags: path-flags, old-path: string, new-descriptor: borrow<descriptor>, new-path: string) -> result<_, error-code>
  [method]descriptor.open-at: func(self: borrow<descriptor>, path-flags: path-flags, path: string, open-flags: open-flags, flags: descriptor-flags) -> result<own<descriptor>, error-code>
  [method]descriptor.readlink-at: func(self: borrow<descriptor>, path: string) -> result<string, error-code>
  [method]descriptor.remove-directory-at: func(self: borrow<descriptor>, path: string) -> result<_, error-code>
  [method]descriptor.rename-at: func(self: borrow<descriptor>, old-path: string, new-descriptor: borrow<descriptor>, new-path: string) -> result<_, error-code>
  [method]descriptor.symlink-at: func(self: borrow<descriptor>, old-path: string, new-path: string) -> result<_, error-code>
  [method]descriptor.unlink-file-at: func(self: borrow<descriptor>, path: string) -> result<_, error-code>
  [method]descriptor.is-same-object: func(self: borrow<descriptor>, other: borrow<descriptor>) -> bool
  [method]descriptor.metadata-hash: func(self: borrow<descriptor>) -> result<metadata-hash-value, error-code>
  [method]descriptor.metadata-hash-at: func(self: borrow<descriptor>, path-flags: path-flags, path: string) -> result<metadata-hash-value, error-code>
  directory-entry-stream: resource
  [method]directory-entry-stream.read-directory-entry: func(self: borrow<directory-entry-stream>) -> result<option<directory-entry>, error-code>
  filesystem-error-code: func(err: borrow<error>) -> option<error-code>
wasi:io/error
  error: resource
  [method]error.to-debug-string: func(self: borrow<error>) -> string
wasi:io/poll
  pollable: resource
  [method]pollable.ready: func(self: borrow<pollable>) -> bool
  [method]pollable.block: func(self: borrow<pollable>)
  poll: func(in: list<borrow<pollable>>) -> list<u32>
wasi:io/streams
  error: wasi:io/error.error
  pollable: wasi:io/poll.pollable
  stream-error: variant{last-operation-failed(own<error>), closed}
  input-stream: resource
  [method]input-stream.read: func(self: borrow<input-stream>, len: u64) -> result<list<u8>, stream-error>
  [method]input-stream.blocking-read: func(self: borrow<input-stream>, len: u64) -> result<list<u8>, stream-error>
  [method]input-stream.skip: func(self: borrow<input-stream>, len: u64) -> result<u64, stream-error>
  [method]input-stream.blocking-skip: func(self: borrow<input-stream>, len: u64) -> result<u64, stream-error>
  [method]input-stream.subscribe: func(self: borrow<input-stream>) -> own<pollable>
  output-stream: resource
  [method]output-stream.check-write: func(self: borrow<output-stream>) -> result<u64, stream-error>
  [method]output-stream.write: func(self: borrow<output-stream>, contents: list<u8>) -> result<_, stream-error>
  [method]output-stream.blocking-write-and-flush: func(self: borrow<output-stream>, contents: list<u8>) -> result<_, stream-error>
  [method]output-stream.flush: func(self: borrow<output-stream>) -> result<_, stream-error>
  [method]output-stream.blocking-flush: func(self: borrow<output-stream>) -> result<_, stream-error>
  [method]output-stream.subscribe: func(self: borrow<output-stream>) -> own<pollable>
  [method]output-stream.write-zeroes: func(self: borrow<output-stream>, len: u64) -> result<_, stream-error>
  [method]output-stream.blocking-write-zeroes-and-flush: func(self: borrow<output-stream>, len: u64) -> result<_, stream-error>
  [method]output-stream.splice: func(self: borrow<output-stream>, src: borrow<input-stream>, len: u64) -> result<u64, stream-error>
  [method]output-stream.blocking-splice: func(self: borrow<output-stream>, src: borrow<input-stream>, len: u64) -> result<u64, stream-error>
wasi:random/random
  get-random-bytes: func(len: u64) -> list<u8>
  get-random-u64: func() -> u64
wasi:random/insecure
  get-insecure-random-bytes: func(len: u64) -> list<u8>
  get-insecure-random-u64: func() -> u64
wasi:random/insecure-seed
  insecure-seed: func() -> tuple<u64, u64>
`);
