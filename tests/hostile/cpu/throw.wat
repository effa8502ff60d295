;; tries: to throw an exception of its own past the glue, into code that catches errors of JavaScript
;; ends: refused: troupe.BadComponent
;; says: exceptions proposal not enabled
;; repeats: 5, each is looked at in a process of its own
;; -- module --
(tag $thrown)
(func $attack (param i32 i32) (result i32) (throw $thrown))
