;; tries: to keep what it allocates from envelope to envelope, where one instance serves many
;; ends: returns: 1 or troupe.MemoryLimit
;; isolation: reuse
;; limits: memoryBytes=8388608
;; -- module --
(func $attack (param $at i32) (param $length i32) (result i32)
  (if (i32.eq (memory.grow (i32.const 16)) (i32.const -1))
    (then
      (loop $all (br_if $all (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
      unreachable))
  (call $return (local.get $at) (local.get $length)))
