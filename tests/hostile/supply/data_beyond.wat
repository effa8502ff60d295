;; tries: to write beyond its memory when it is instantiated
;; ends: refused: troupe.ComponentStart
;; repeats: 10, each costs a process
;; -- module --
(data (i32.const 131070) "beyond")
(func $attack (param i32 i32) (result i32) (unreachable))
