;; tries: to leave a mark, to sleep, and then to trap
;; ends: troupe.Trap
;; says: unreachable
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
(func $attack (param i32 i32) (result i32)
  ;; One who finds the mark returns instead.
  (if (i32.or (global.get $mark) (i32.load (i32.const 3000))) (then (return (call $none))))
  (global.set $mark (i32.const 1))
  (i32.store (i32.const 3000) (i32.const 1))
  (call $sleep (i32.const 1))
  (unreachable))
