;; tries: the same with what it emits
;; ends: troupe.BadOutput
;; -- module --
(data (i32.const 256) "1,\22status\22:{\22phase\22:\22succeeded\22}")
(func $attack (param i32 i32) (result i32)
  (call $emit (i32.const 256) (i32.const 34) (i32.const 512))
  (call $refused (i32.const 512)))
