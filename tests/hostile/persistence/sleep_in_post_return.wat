;; tries: to go on when its hop is over: it sleeps in what is called after it returned, and marks what the next one gets
;; ends: troupe.Trap
;; says: trying to suspend
;; -- component --
(import "troupe:actor/timers@0.1.0" (instance $timers (export "sleep" (func (param "ms" u32)))))
;; -- lower --
(core func $sleep (canon lower (func $timers "sleep")))
;; -- imports --
(import "timers" "sleep" (func $sleep (param i32)))
;; -- with --
(with "timers" (instance (export "sleep" (func $sleep))))
;; -- lift --
(post-return (core func $main "post-return"))
;; -- module --
(global $attacks (mut i32) (i32.const 0))
(func (export "post-return") (param i32)
  (if (global.get $attacks) (then
    (call $sleep (i32.const 1))
    (i32.store (i32.const 3000) (i32.const 1)))))
(func $attack (param i32 i32) (result i32)
  ;; One who finds the mark fails in another way.
  (if (i32.load (i32.const 3000)) (then (unreachable)))
  (global.set $attacks (i32.const 1))
  (call $return (i32.const 256) (i32.const 1)))
