;; tries: to have all the memory there is, page by page
;; ends: troupe.MemoryLimit
;; limits: memoryBytes=8388608
;; -- module --
(func $attack (param i32 i32) (result i32)
  (loop $again (br_if $again (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
  (unreachable))
