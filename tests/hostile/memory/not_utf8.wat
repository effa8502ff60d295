;; tries: to return bytes that are no text
;; ends: troupe.BadOutput
;; says: not UTF-8
;; -- module --
(func $attack (param i32 i32) (result i32)
  (i32.store (i32.const 256) (i32.const 0x22ff22))
  (call $return (i32.const 256) (i32.const 3)))
