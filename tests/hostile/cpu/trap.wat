;; tries: to have the host make a new instance for each envelope, by a trap in each
;; ends: troupe.Trap
;; says: unreachable
;; -- module --
(func $attack (param i32 i32) (result i32) (unreachable))
