;; tries: to end its payload early, and to go on with a status of its own
;; ends: troupe.BadOutput
;; says: expected the end of the text
;; -- module --
(data (i32.const 256) "1,\22status\22:{\22phase\22:\22succeeded\22}")
(func $attack (param i32 i32) (result i32) (call $return (i32.const 256) (i32.const 34)))
