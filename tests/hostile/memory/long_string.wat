;; tries: to have a string of sixty megabytes made of its memory, outside of it
;; ends: troupe.OutputLimit
;; limits: memoryBytes=67108864 emittedBytes=1000000
;; -- module --
(func $attack (param i32 i32) (result i32)
  (drop (memory.grow (i32.const 950)))
  (memory.fill (i32.const 131072) (i32.const 0x31) (i32.const 60000000))
  (call $return (i32.const 131072) (i32.const 60000000)))
