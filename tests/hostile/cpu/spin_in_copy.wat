;; tries: to spend its time in one instruction that moves all of its memory by one byte, again and again
;; ends: troupe.Timeout
;; limits: timeoutMs=1000 memoryBytes=67108864
;; repeats: 5, each costs a process
;; -- module --
(func $attack (param i32 i32) (result i32)
  (drop (memory.grow (i32.const 1000)))
  (loop $again
    (memory.copy (i32.const 131073) (i32.const 131072) (i32.const 65000000))
    (br $again))
  (unreachable))
