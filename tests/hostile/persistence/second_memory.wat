;; tries: to leave a mark in a memory that nobody exports, of another module
;; ends: returns: 0
;; -- component --
(core module $hidden
  (memory 1)
  (global $n (mut i32) (i32.const 0))
  (func (export "next") (result i32)
    (local $before i32)
    (local.set $before (i32.add (i32.load (i32.const 0)) (global.get $n)))
    (i32.store (i32.const 0) (i32.const 1))
    (global.set $n (i32.const 2))
    (local.get $before)))
(core instance $hidden (instantiate $hidden))
;; -- imports --
(import "hidden" "next" (func $next (result i32)))
;; -- with --
(with "hidden" (instance $hidden))
;; -- module --
(func $attack (param i32 i32) (result i32)
  (i32.store8 (i32.const 256) (i32.add (i32.const 0x30) (call $next)))
  (call $return (i32.const 256) (i32.const 1)))
