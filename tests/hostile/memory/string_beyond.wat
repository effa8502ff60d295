;; tries: to return a text that lies beyond its memory
;; ends: troupe.Trap
;; -- module --
(func $attack (param i32 i32) (result i32) (call $return (i32.const 0x7fffff00) (i32.const 64)))
