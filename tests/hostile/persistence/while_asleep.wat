;; tries: to leave marks while it sleeps, for those who begin, or go on, meanwhile
;; ends: returns: 3
;; -- component --
(import "troupe:actor/timers@0.1.0" (instance $timers (export "sleep" (func (param "ms" u32)))))
;; -- lower --
(core func $sleep (canon lower (func $timers "sleep")))
;; -- imports --
(import "timers" "sleep" (func $sleep (param i32)))
;; -- with --
(with "timers" (instance (export "sleep" (func $sleep))))
;; -- module --
(global $mark (mut i32) (i32.const 0))
(table $marks 2 funcref)
(elem declare func $none)
;; How many marks there are, as a digit.
(func $seen (result i32)
  (i32.add (i32.add (i32.const 0x30) (i32.load (i32.const 3000)))
    (i32.add (global.get $mark) (i32.eqz (ref.is_null (table.get $marks (i32.const 1)))))))
(func $attack (param i32 i32) (result i32)
  (if (i32.ne (call $seen) (i32.const 0x30)) (then (unreachable)))
  (i32.store (i32.const 3000) (i32.const 1))
  (global.set $mark (i32.const 1))
  (table.set $marks (i32.const 1) (ref.func $none))
  (call $sleep (i32.const 3))
  ;; All that it left itself is there when it goes on.
  (i32.store8 (i32.const 256) (call $seen))
  (call $return (i32.const 256) (i32.const 1)))
