;; tries: to call a function that a careless host might give to everybody
;; ends: refused: troupe.ImportDenied
;; says: nothing provides it
;; repeats: 10, each is looked at in a process of its own
;; -- component --
(import "host:system/exec@1.0.0" (instance $denied (export "exec" (func (param "command" string)))))
;; -- module --
(func $attack (param i32 i32) (result i32) (unreachable))
