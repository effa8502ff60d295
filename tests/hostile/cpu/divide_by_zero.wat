;; tries: to raise an error of the processor, which ends a process that does not expect it
;; ends: troupe.Trap
;; -- module --
(func $attack (param i32 i32) (result i32) (i32.div_s (i32.const -2147483648) (i32.const 0)))
