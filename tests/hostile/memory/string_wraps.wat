;; tries: to return a text whose end is before its beginning, where a sum overflows
;; ends: troupe.Trap or troupe.OutputLimit
;; -- module --
(func $attack (param i32 i32) (result i32) (call $return (i32.const 65536) (i32.const -1)))
