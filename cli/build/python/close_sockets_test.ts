import { assert, assertEquals, assertThrows } from "@std/assert";
import { componentWit, parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { BuildError } from "../errors.ts";
import { closeSockets } from "./close_sockets.ts";

/** In the manner of componentize-py: a library that imports sockets, directly and through a shim that is filled later. */
const component = () =>
  parse(`(component
  (import "wasi:io/poll@0.2.9" (instance $poll (export "pollable" (type (sub resource)))))
  (import "wasi:clocks/monotonic-clock@0.2.9" (instance $clock (export "now" (func (result u64)))))
  (type $tcp-type (instance
    (export "tcp-socket" (type $socket (sub resource)))
    (type $borrowed (borrow $socket))
    (export "[method]tcp-socket.start" (func (param "self" $borrowed) (result bool)))
    (export "[method]tcp-socket.name" (func (param "self" $borrowed) (result string)))))
  (import "wasi:sockets/tcp@0.2.9" (instance $tcp (type $tcp-type)))
  (core module $library
    (import "wasi:sockets/tcp@0.2.9" "[resource-drop]tcp-socket" (func (param i32)))
    (import "wasi:sockets/tcp@0.2.9" "[method]tcp-socket.start" (func $start (param i32) (result i32)))
    (import "wasi:sockets/tcp@0.2.9" "[method]tcp-socket.name" (func (param i32 i32)))
    (import "clock" "now" (func $now (result i64)))
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0))
    (func (export "run") (param i32) (result i64)
      (if (local.get 0) (then (drop (call $start (i32.const 0)))))
      (call $now)))
  (core module $shim
    (table (export "$imports") 1 1 funcref)
    (type $t (func (param i32 i32)))
    (func (export "0") (param i32 i32)
      (call_indirect (type $t) (local.get 0) (local.get 1) (i32.const 0))))
  (core module $fixup
    (import "" "0" (func $f (param i32 i32)))
    (import "" "$imports" (table 1 1 funcref))
    (elem (i32.const 0) func $f))
  (core instance $shimmed (instantiate $shim))
  (alias export $tcp "tcp-socket" (type $tcp-socket))
  (core func $drop (canon resource.drop $tcp-socket))
  (core func $start (canon lower (func $tcp "[method]tcp-socket.start")))
  (alias core export $shimmed "0" (core func $later))
  (core instance $sockets
    (export "[resource-drop]tcp-socket" (func $drop))
    (export "[method]tcp-socket.start" (func $start))
    (export "[method]tcp-socket.name" (func $later)))
  (core func $now (canon lower (func $clock "now")))
  (core instance $clocks (export "now" (func $now)))
  (core instance $made (instantiate $library
    (with "wasi:sockets/tcp@0.2.9" (instance $sockets)) (with "clock" (instance $clocks))))
  (alias core export $made "memory" (core memory $memory))
  (alias core export $made "realloc" (core func $realloc))
  (core func $name (canon lower (func $tcp "[method]tcp-socket.name") (memory $memory) (realloc $realloc)))
  (alias core export $shimmed "$imports" (core table $imports))
  (core instance $filling (export "0" (func $name)) (export "$imports" (table $imports)))
  (core instance (instantiate $fixup (with "" (instance $filling))))
  (alias core export $made "run" (core func $run))
  (func $lifted (param "sockets" bool) (result u64) (canon lift (core func $run)))
  (export "run" (func $lifted)))`);

Deno.test("a component has no sockets any more, and everything else as it was", async () => {
  const open = await component();
  assert((await componentWit(open)).includes("wasi:sockets"));
  const closed = closeSockets(open);
  // This reads all of it, and checks that every definition fits the others.
  const wit = await componentWit(closed);
  assert(!wit.includes("wasi:sockets"));
  assert(wit.includes("wasi:clocks/monotonic-clock@0.2.9"));
  assert(wit.includes("export run: func(sockets: bool) -> u64"));
});

Deno.test("a component without sockets stays what it is", async () => {
  const plain = await parse(`(component (import "a:b/c" (func)))`);
  assertEquals(closeSockets(plain), new Uint8Array(plain));
});

Deno.test("what cannot be read is no component of the tool", () => {
  const cut = new Uint8Array([0, 97, 115, 109, 13, 0, 1, 0, 10, 200]);
  assertEquals(assertThrows(() => closeSockets(cut), BuildError).code, "troupe.BuildFailed");
});
