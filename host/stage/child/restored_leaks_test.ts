/**
 * Ways in which a restored instance could tell of the envelope before: each is either decided against when the component is
 * prepared, or seen during the call and the instance thrown away, or put back.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { prepared, watComponent } from "../_testing.ts";
import { call, hop, openComponent } from "./_restored_testing.ts";

/** Returns the number in the local `$n`, in eight octal digits after a one. */
const RETURN_NUMBER = `
  (i32.store8 (i32.const 64) (i32.const 49))
  (loop $next
    (i32.store8 (i32.add (i32.const 65) (local.get $length)) (i32.add (i32.const 48) (i32.and (local.get $n) (i32.const 7))))
    (local.set $n (i32.shr_u (local.get $n) (i32.const 3)))
    (local.set $length (i32.add (local.get $length) (i32.const 1)))
    (br_if $next (i32.lt_u (local.get $length) (i32.const 9))))
  (call $return (i32.const 64) (i32.const 9))`;

/** Output streams of WASI. */
const STREAMS = `
  (import "wasi:io/error@0.2.0" (instance $errors (export "error" (type (sub resource)))))
  (alias export $errors "error" (type $io-error))
  (import "wasi:io/streams@0.2.0" (instance $streams
    (export "output-stream" (type $stream (sub resource)))
    (alias outer 1 $io-error (type $own-error)) (export "error" (type $error (eq $own-error)))
    (type $reasons (variant (case "last-operation-failed" (own $error)) (case "closed")))
    (export "stream-error" (type $reason (eq $reasons)))
    (export "[method]output-stream.blocking-write-and-flush" (func
      (param "self" (borrow $stream)) (param "contents" (list u8)) (result (result (error $reason)))))))
  (alias export $streams "output-stream" (type $output))
  (import "wasi:cli/stdout@0.2.0" (instance $stdout
    (alias outer 1 $output (type $own)) (export "output-stream" (type $stream (eq $own)))
    (export "get-stdout" (func (result (own $stream))))))
  (core func $open (canon lower (func $stdout "get-stdout")))
  (core func $close (canon resource.drop $output))
  (core func $write (canon lower (func $streams "[method]output-stream.blocking-write-and-flush") (memory $memory)))
  (core instance $io
    (export "open" (func $open)) (export "close" (func $close)) (export "write" (func $write)))`;
const STREAM_IMPORTS = `
  (import "io" "open" (func $open (result i32)))
  (import "io" "close" (func $close (param i32)))
  (import "io" "write" (func $write (param i32 i32 i32 i32)))`;
const WITH_STREAMS = { world: STREAMS, imports: STREAM_IMPORTS, given: `(with "io" (instance $io))` };

/** Random numbers of WASI. */
const WITH_RANDOM = {
  world: `
    (import "wasi:random/random@0.2.0" (instance $random (export "get-random-u64" (func (result u64)))))
    (core func $get (canon lower (func $random "get-random-u64")))
    (core instance $chance (export "get" (func $get)))`,
  imports: `(import "chance" "get" (func $random (result i64)))`,
  given: `(with "chance" (instance $chance))`,
};

Deno.test("the order in which handles are free again", async () => {
  const component = await openComponent(
    await watComponent({
      ...WITH_STREAMS,
      fields: `(global $a (mut i32) (i32.const 0)) (global $b (mut i32) (i32.const 0))`,
      // Two streams, closed in the order that the payload says: their handles are the answer.
      handle: `
        (local.set $n (i32.eq (i32.load8_u (local.get $at)) (i32.const 49)))
        (global.set $a (call $open)) (global.set $b (call $open))
        (call $close (select (global.get $a) (global.get $b) (local.get $n)))
        (call $close (select (global.get $b) (global.get $a) (local.get $n)))
        (local.set $n (i32.add (global.get $a) (i32.shl (global.get $b) (i32.const 3))))
        (local.set $length (i32.const 0))
        ${RETURN_NUMBER}`,
    }),
  );
  assertEquals(component.why, undefined);
  const expected = (await call(component.fresh(), "1")).returned;
  const reused = component.fresh();
  await call(reused, "1");
  assertNotEquals((await call(reused, "1")).returned, expected, "there is something to leak");
  const instances = component.restored();
  for (const payload of ["1", "0", "1", "1", "0"]) {
    assertEquals((await hop(instances, payload)).returned, expected);
  }
  assertEquals(component.made(), 2 + 5);
});

Deno.test("half a line", async () => {
  const component = await openComponent(
    await watComponent({
      ...WITH_STREAMS,
      fields: `(global $stream (mut i32) (i32.const 0)) (data (i32.const 96) "early ")
        (func $begin (global.set $stream (call $open)) (call $write (global.get $stream) (i32.const 96) (i32.const 6) (i32.const 128)))
        (start $begin)`,
      handle: `
        (call $write (global.get $stream) (local.get $at) (local.get $length) (i32.const 128))
        (call $none)`,
    }),
  );
  const instances = component.restored();
  const [first] = (await hop(instances, `"secret`)).told;
  assertMatch(first ?? "", /early "secret$/);
  const outcome = await hop(instances, `1`);
  assertEquals(outcome, await call(component.fresh(), "1"));
  assertMatch(outcome.told.join(), /early 1$/);
  // The stream was there before the call: nothing speaks against the instance.
  assertEquals(component.made(), 2);
});

Deno.test("a stream that was there before the call, and is not any more", async () => {
  const component = await openComponent(
    await watComponent({
      ...WITH_STREAMS,
      fields: `(global $stream (mut i32) (i32.const 0))
        (func $begin (global.set $stream (call $open)) (drop (call $open))) (start $begin)`,
      handle: `(call $close (global.get $stream)) (call $none)`,
    }),
  );
  const instances = component.restored();
  for (const payload of ["1", "2"]) assertEquals((await hop(instances, payload)).thrown, undefined);
  assertEquals(component.made(), 2);
});

Deno.test("random numbers that were drawn when the instance was made", async () => {
  const component = await openComponent(
    await watComponent({
      ...WITH_RANDOM,
      fields: `(global $seed (mut i64) (i64.const 0))
        (func $begin (global.set $seed (call $random))) (start $begin)`,
      handle:
        `(local.set $n (i32.wrap_i64 (global.get $seed))) (local.set $length (i32.const 0)) ${RETURN_NUMBER}`,
    }),
  );
  assertEquals(component.why, undefined);
  const instances = component.restored();
  const drawn = new Set<unknown>();
  for (let n = 0; n < 5; n++) drawn.add((await hop(instances, "1")).returned);
  assertEquals(drawn.size, 5);
  assertEquals(component.made(), 5);
});

Deno.test("random numbers that are drawn when they are needed", async () => {
  const component = await openComponent(
    await watComponent({
      ...WITH_RANDOM,
      fields: `(global $seed (mut i64) (i64.const 0))`,
      handle: `
        (if (i64.eqz (global.get $seed)) (then (global.set $seed (call $random))))
        (local.set $n (i32.wrap_i64 (global.get $seed))) (local.set $length (i32.const 0))
        ${RETURN_NUMBER}`,
    }),
  );
  const instances = component.restored();
  const drawn = new Set<unknown>();
  for (let n = 0; n < 5; n++) drawn.add((await hop(instances, "1")).returned);
  assertEquals(drawn.size, 5);
  assertEquals(component.made(), 1);
});

Deno.test("a table that is written to", async () => {
  const component = await openComponent(
    await watComponent({
      fields: `(table $table 2 funcref) (func $mark) (elem declare func $mark)`,
      handle: `
        (local.set $n (ref.is_null (table.get $table (i32.const 1))))
        (table.set $table (i32.const 1) (ref.func $mark))
        (local.set $length (i32.const 0))
        ${RETURN_NUMBER}`,
    }),
  );
  const instances = component.restored();
  for (const payload of ["1", "2", "3"]) assertEquals((await hop(instances, payload)).returned, "110000000");
  assertEquals(component.made(), 1);
});

Deno.test("a number that is none, with something in it", async () => {
  const component = await openComponent(
    await watComponent({
      fields: `(global $hidden (mut f64) (f64.const nan))`,
      handle: `
        (local.set $n (i32.wrap_i64 (i64.reinterpret_f64 (global.get $hidden))))
        (global.set $hidden (f64.reinterpret_i64
          (i64.or (i64.const 0x7ff8000000000000) (i64.load8_u (local.get $at)))))
        (local.set $length (i32.const 0))
        ${RETURN_NUMBER}`,
    }),
  );
  const instances = component.restored();
  for (const payload of ["1", "2", "3"]) assertEquals((await hop(instances, payload)).returned, "100000000");
  assertEquals(component.made(), 3);
});

Deno.test("what is decided when the component is prepared", async (t) => {
  const nothing = `(call $none)`;
  const cases: [string, Parameters<typeof watComponent>[0], RegExp][] = [
    [
      "a vector in a global",
      {
        fields: `(global $v (mut v128) (v128.const i64x2 0 0))`,
        handle: `(global.set $v (v128.load (i32.const 0))) ${nothing}`,
      },
      /global that is neither a number/,
    ],
    [
      "a passive segment, which a call drops",
      { fields: `(data $d "abc")`, handle: `(data.drop $d) ${nothing}` },
      /passive segments/,
    ],
    [
      "a passive segment of functions",
      { fields: `(table 1 funcref) (func $f) (elem $e func $f)`, handle: `(elem.drop $e) ${nothing}` },
      /passive segments/,
    ],
    [
      "a table of the host's references",
      { fields: `(table 1 externref)`, handle: nothing },
      /table of something else/,
    ],
  ];
  for (const [name, parts, why] of cases) {
    await t.step(name, async () => {
      const { restorable } = await prepared(await watComponent(parts));
      assert(restorable && "why" in restorable, JSON.stringify(restorable));
      assertMatch(restorable.why, why);
    });
  }
});
