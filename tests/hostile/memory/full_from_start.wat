;; tries: to have all of its memory filled in each instance, before any envelope needs it
;; ends: returns: 1
;; limits: memoryBytes=33554432
;; -- module --
(func $fill
  (drop (memory.grow (i32.const 510)))
  (memory.fill (i32.const 131072) (i32.const 1) (i32.const 33423360)))
(start $fill)
(func $attack (param $at i32) (param $length i32) (result i32)
  (call $return (local.get $at) (local.get $length)))
