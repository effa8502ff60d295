;; tries: to have twice the memory, in a module with a memory of its own
;; ends: troupe.MemoryLimit
;; limits: memoryBytes=8388608
;; -- component --
(core module $more
  (memory (export "second") 1)
  (func (export "grow") (result i32) (memory.grow (i32.const 1))))
(core instance $more (instantiate $more))
;; -- imports --
(import "more" "grow" (func $grow (result i32)))
;; -- with --
(with "more" (instance $more))
;; -- module --
(func $attack (param i32 i32) (result i32)
  (loop $first (br_if $first (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
  (loop $second (br_if $second (i32.ne (call $grow) (i32.const -1))))
  ;; Each is within the limit, and so the actor could do its work now.
  (call $none))
