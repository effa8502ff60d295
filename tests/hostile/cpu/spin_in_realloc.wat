;; tries: to spin where the host has no function of the actor on its stack: in cabi_realloc, while its payload is lowered
;; ends: troupe.Timeout
;; limits: timeoutMs=1000
;; repeats: 5, each costs a process
;; -- libc --
(memory (export "memory") 2)
(func (export "realloc") (param i32 i32 i32 i32) (result i32)
  ;; The payload of the attack has one byte; those of others have more.
  (if (i32.eq (local.get 3) (i32.const 1)) (then (loop $again (br $again))))
  (i32.const 4096))
;; -- module --
(func $attack (param i32 i32) (result i32) (unreachable))
