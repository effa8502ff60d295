;; tries: to return a list of eight million empty strings, which have no bytes to be counted
;; ends: troupe.OutputLimit or troupe.Trap or troupe.Timeout or troupe.MemoryLimit
;; limits: memoryBytes=67108864 timeoutMs=2000
;; repeats: 5, each may cost a process
;; -- module --
(func $attack (param i32 i32) (result i32)
  (drop (memory.grow (i32.const 1020)))
  (drop (call $fail (i32.const 256) (i32.const 0)))
  (i32.store (i32.const 28) (i32.const 131072))
  (i32.store (i32.const 32) (i32.const 8000000))
  (i32.const 16))
