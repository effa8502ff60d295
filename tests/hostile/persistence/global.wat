;; tries: to leave a mark in a global that nobody exports
;; ends: returns: 0
;; -- module --
(global $mark (mut i64) (i64.const 0))
(global $float (mut f64) (f64.const 0))
(func $attack (param i32 i32) (result i32)
  (i32.store8 (i32.const 256) (i32.add (i32.const 0x30) (i32.add
    (i32.wrap_i64 (global.get $mark)) (i32.trunc_f64_u (global.get $float)))))
  (global.set $mark (i64.const 1))
  (global.set $float (f64.const 2))
  (call $return (i32.const 256) (i32.const 1)))
