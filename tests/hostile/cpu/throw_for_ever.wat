;; tries: to throw and catch exceptions without end
;; ends: refused: troupe.BadComponent
;; says: exceptions proposal not enabled
;; repeats: 5, each is looked at in a process of its own
;; -- module --
(tag $thrown)
(func $attack (param i32 i32) (result i32)
  (loop $again
    (block $caught (try_table (catch $thrown $caught) (throw $thrown)))
    (br $again))
  (unreachable))
