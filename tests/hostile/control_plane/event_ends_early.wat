;; tries: to end an event early, and to go on with one in the name of another envelope
;; ends: troupe.BadOutput
;; -- module --
(data (i32.const 256) "1},{\22id\22:\22another\22,\22event\22:1")
(func $attack (param i32 i32) (result i32)
  (call $fly (i32.const 256) (i32.const 29) (i32.const 512))
  (call $refused (i32.const 512)))
