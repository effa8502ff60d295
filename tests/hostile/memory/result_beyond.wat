;; tries: to leave its result outside of its memory
;; ends: troupe.Trap
;; -- module --
(func $attack (param i32 i32) (result i32) (i32.const -4))
