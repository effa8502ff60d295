;; tries: to keep the processor before there is an envelope, in a start function
;; ends: refused: troupe.ComponentStart
;; says: to start
;; repeats: 3, each costs a process and five seconds
;; -- module --
(func $spin (loop $again (br $again)))
(start $spin)
(func $attack (param i32 i32) (result i32) (unreachable))
