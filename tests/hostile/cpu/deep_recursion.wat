;; tries: to use up the stack, which is that of the engine too
;; ends: troupe.Trap
;; says: Maximum call stack
;; -- module --
(func $deeper (param i64 i64 i64 i64) (result i64)
  (i64.add (i64.const 1) (call $deeper (local.get 3) (local.get 2) (local.get 1) (local.get 0))))
(func $attack (param i32 i32) (result i32)
  (drop (call $deeper (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4)))
  (unreachable))
