/**
 * A guest that keeps something in everything in which an instance can keep it.
 *
 * @module
 */

/**
 * Keeps the digit that it gets in a memory, another module's memory, globals of each type and a table, and returns those
 * that it kept before. 7 grows the table, 8 the memory; 9 traps, once everything is changed.
 */
export const KEEPER = {
  more: `(memory 1)
    (func (export "swap") (param i32) (result i32)
      (i32.load (i32.const 60000))
      (i32.store (i32.const 60000) (local.get 0)))`,
  imports: `(import "more" "swap" (func $swap (param i32) (result i32)))`,
  fields: `
    (global $i32 (mut i32) (i32.const 0)) (global $i64 (mut i64) (i64.const 0))
    (global $f32 (mut f32) (f32.const 0)) (global $f64 (mut f64) (f64.const 0))
    (global $function (mut funcref) (ref.null func))
    (table $table 5 funcref)
    (type $number (func (result i32)))
    (func $zero (type $number) (i32.const 0))
    (func $four (type $number) (i32.const 4))
    (elem (table $table) (i32.const 2) func $zero)
    (elem declare func $four)
    (func $put (param $at i32) (param $digit i32) (i32.store8 (local.get $at) (i32.add (local.get $digit) (i32.const 48))))`,
  handle: `
    (local.set $n (i32.sub (i32.load8_u (local.get $at)) (i32.const 48)))
    (call $put (i32.const 64) (i32.const 1))
    (call $put (i32.const 65) (i32.load (i32.const 1024)))
    (call $put (i32.const 66) (call $swap (local.get $n)))
    (call $put (i32.const 67) (global.get $i32))
    (call $put (i32.const 68) (i32.wrap_i64 (global.get $i64)))
    (call $put (i32.const 69) (i32.trunc_f32_s (global.get $f32)))
    (call $put (i32.const 70) (i32.trunc_f64_s (global.get $f64)))
    (call $put (i32.const 71) (ref.is_null (global.get $function)))
    (call $put (i32.const 72) (call_indirect $table (type $number) (i32.const 2)))
    (call $put (i32.const 73) (ref.is_null (table.get $table (i32.const 4))))
    (i32.store (i32.const 1024) (local.get $n))
    (global.set $i32 (local.get $n))
    (global.set $i64 (i64.extend_i32_u (local.get $n)))
    (global.set $f32 (f32.convert_i32_u (local.get $n)))
    (global.set $f64 (f64.convert_i32_u (local.get $n)))
    (global.set $function (ref.func $four))
    (table.set $table (i32.const 2) (ref.func $four))
    (table.set $table (i32.const 4) (table.get $table (i32.const 2)))
    (if (i32.eq (local.get $n) (i32.const 7))
      (then (drop (table.grow $table (ref.null func) (i32.const 1)))))
    (if (i32.eq (local.get $n) (i32.const 8)) (then (drop (memory.grow (i32.const 1)))))
    (if (i32.eq (local.get $n) (i32.const 9)) (then (unreachable)))
    (call $return (i32.const 64) (i32.const 10))`,
};

/** What a guest of `watComponent` needs to sleep: `$sleep`, of milliseconds. */
export const WITH_TIMERS = {
  world: `
    (import "troupe:actor/timers@0.1.0" (instance $timers (export "sleep" (func (param "ms" u32)))))
    (core func $sleep (canon lower (func $timers "sleep")))`,
  imports: `(import "timers" "sleep" (func $sleep (param i32)))`,
  given: `(with "timers" (instance (export "sleep" (func $sleep))))`,
};

const NAP = `(call $sleep (i32.and (local.get $n) (i32.const 3)))`;

/** {@linkcode KEEPER}, which sleeps before it looks, and once everything is changed; then it looks again whether it still is. */
export const SLEEPING_KEEPER = {
  ...KEEPER,
  ...WITH_TIMERS,
  imports: `${KEEPER.imports} ${WITH_TIMERS.imports}`,
  handle: KEEPER.handle
    .replace("(call $put (i32.const 64)", `${NAP} $&`)
    .replace(
      "(if (i32.eq (local.get $n) (i32.const 7))",
      `
      ${NAP}
      (call $put (i32.const 64) (i32.and
        (i32.and (i32.eq (i32.load (i32.const 1024)) (local.get $n)) (i32.eq (global.get $i32) (local.get $n)))
        (i32.eqz (ref.is_null (table.get $table (i32.const 4))))))
      $&`,
    ),
};
