;; tries: to have the host write its payload outside of its memory
;; ends: troupe.Trap
;; -- libc --
(memory (export "memory") 2)
(func (export "realloc") (param i32 i32 i32 i32) (result i32)
  (if (result i32) (i32.eq (local.get 3) (i32.const 1)) (then (i32.const -1)) (else (i32.const 4096))))
;; -- module --
(func $attack (param i32 i32) (result i32) (unreachable))
