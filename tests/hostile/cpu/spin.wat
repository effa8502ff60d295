;; tries: to keep the processor for ever, in a loop that calls nothing
;; ends: troupe.Timeout
;; says: limits.timeout
;; limits: timeoutMs=1000
;; repeats: 5, each costs a process
;; -- module --
(func $attack (param i32 i32) (result i32)
  (loop $again (br $again))
  (unreachable))
