;; tries: to return half of a surrogate pair, in UTF-16, which is no text
;; ends: troupe.BadOutput
;; -- module --
(func $attack (param i32 i32) (result i32)
  (i64.store (i32.const 256) (i64.const 0x0022d8000022))
  (call $return (i32.const 256) (i32.const 3)))
;; -- lift --
string-encoding=utf16
