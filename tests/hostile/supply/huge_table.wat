;; tries: to have a table of eighty megabytes from the start, which no memory limit counts
;; ends: refused: troupe.TooLarge
;; repeats: 10, each is looked at in a process of its own
;; -- module --
(table $huge 10000000 funcref)
(func $attack (param i32 i32) (result i32) (unreachable))
