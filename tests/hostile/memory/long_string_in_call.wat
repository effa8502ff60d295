;; tries: the same with the texts of a call: each is sixty megabytes
;; ends: troupe.OutputLimit
;; limits: memoryBytes=67108864 emittedBytes=1000000
;; -- module --
(func $attack (param i32 i32) (result i32)
  (drop (memory.grow (i32.const 950)))
  (memory.fill (i32.const 131072) (i32.const 0x61) (i32.const 60000000))
  (call $set (i32.const 131072) (i32.const 60000000) (i32.const 131072) (i32.const 60000000) (i32.const 512))
  (call $refused (i32.const 512)))
