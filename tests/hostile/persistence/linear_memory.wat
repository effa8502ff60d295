;; tries: to leave a mark for the next envelope in its memory
;; ends: returns: 0
;; -- module --
(func $attack (param i32 i32) (result i32)
  (i32.store8 (i32.const 256) (i32.add (i32.const 0x30) (i32.load8_u (i32.const 3000))))
  (i32.store8 (i32.const 3000) (i32.const 1))
  (call $return (i32.const 256) (i32.const 1)))
