;; tries: to be within the time of a hop ten thousand times, with a call after each: together they are beyond it
;; ends: troupe.Timeout
;; limits: timeoutMs=1000
;; repeats: 5, each costs a process
;; -- module --
(data (i32.const 256) ".headers.a")
(data (i32.const 272) "1")
(func $attack (param i32 i32) (result i32)
  (local $times i32) (local $n i32)
  (loop $again
    (local.set $n (i32.const 200000))
    (loop $spin (br_if $spin (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (call $set (i32.const 256) (i32.const 10) (i32.const 272) (i32.const 1) (i32.const 512))
    (br_if $again (i32.lt_u (local.tee $times (i32.add (local.get $times) (i32.const 1))) (i32.const 10000))))
  (unreachable))
