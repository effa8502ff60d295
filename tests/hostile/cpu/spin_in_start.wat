;; tries: to keep the processor before there is an envelope, in a start function
;; ends: refused: troupe.ComponentStart
;; says: more than 400 ms
;; limits: timeoutMs=400
;; repeats: 5, each costs a process and its time
;; -- module --
(func $spin (loop $again (br $again)))
(start $spin)
(func $attack (param i32 i32) (result i32) (unreachable))
