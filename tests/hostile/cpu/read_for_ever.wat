;; tries: to spin in calls that read, of which the host is not even told
;; ends: troupe.Timeout
;; limits: timeoutMs=1000
;; repeats: 5, each costs a process
;; -- module --
(data (i32.const 256) ".")
(func $attack (param i32 i32) (result i32)
  (loop $again
    (call $get (i32.const 256) (i32.const 1) (i32.const 512))
    (br $again))
  (unreachable))
