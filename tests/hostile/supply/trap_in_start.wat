;; tries: to have a sandbox started again and again, which does not come up
;; ends: refused: troupe.ComponentStart
;; says: unreachable
;; repeats: 10, each costs a process
;; -- module --
(func $trap (unreachable))
(start $trap)
(func $attack (param i32 i32) (result i32) (unreachable))
