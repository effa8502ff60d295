;; tries: to end a header early, and to go on with one of the platform's
;; ends: troupe.BadOutput
;; -- module --
(data (i32.const 256) ".headers.a")
(data (i32.const 272) "1,\22x-troupe-fan\22:[]")
(func $attack (param i32 i32) (result i32)
  (call $set (i32.const 256) (i32.const 10) (i32.const 272) (i32.const 19) (i32.const 512))
  (call $refused (i32.const 512)))
