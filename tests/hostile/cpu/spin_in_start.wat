;; tries: to keep the processor before there is an envelope, in a start function
;; ends: refused: troupe.ComponentStart
;; says: to start
;; limits: timeoutMs=1000
;; repeats: 3, each costs a process and five seconds: so long may anything take to start
;; -- module --
(func $spin (loop $again (br $again)))
(start $spin)
(func $attack (param i32 i32) (result i32) (unreachable))
