;; tries: to have a call open when it returns: it sleeps in its allocator, where its host stands between
;; ends: troupe.Trap
;; says: trying to suspend
;; -- component --
(import "troupe:actor/timers@0.1.0" (instance $timers (export "sleep" (func (param "ms" u32)))))
;; -- libc --
(memory (export "memory") 2)
(table $sleeps (export "sleeps") 1 funcref)
(type $sleep (func))
(global $heap (mut i32) (i32.const 4096))
(func (export "realloc") (param i32 i32 i32 i32) (result i32)
  (local $at i32)
  (if (i32.eqz (ref.is_null (table.get $sleeps (i32.const 0))))
    (then (call_indirect $sleeps (type $sleep) (i32.const 0))))
  (local.set $at (i32.and (i32.add (global.get $heap) (i32.const 7)) (i32.const -8)))
  (global.set $heap (i32.add (local.get $at) (local.get 3)))
  (local.get $at))
;; -- lower --
(core func $sleep (canon lower (func $timers "sleep")))
;; -- imports --
(import "timers" "sleep" (func $sleep (param i32)))
(import "libc" "sleeps" (table $sleeps 1 funcref))
;; -- with --
(with "timers" (instance (export "sleep" (func $sleep))))
;; -- module --
(data (i32.const 300) "no path")
(elem declare func $nap)
(func $nap (call $sleep (i32.const 1)) (i32.store (i32.const 3000) (i32.const 1)))
(func $attack (param i32 i32) (result i32)
  (if (i32.load (i32.const 3000)) (then (unreachable)))
  (table.set $sleeps (i32.const 0) (ref.func $nap))
  ;; Refused: the reason is put into its memory, with its allocator.
  (call $set (i32.const 300) (i32.const 7) (i32.const 300) (i32.const 7) (i32.const 400))
  (call $none))
