;; tries: to spin in log calls, each of which shows that it gets on
;; ends: troupe.Timeout
;; limits: timeoutMs=1000 logBytes=1000
;; repeats: 5, each costs a process
;; -- module --
(data (i32.const 256) "still here")
(func $attack (param i32 i32) (result i32)
  (loop $again
    (call $log (i32.const 1) (i32.const 256) (i32.const 10))
    (br $again))
  (unreachable))
