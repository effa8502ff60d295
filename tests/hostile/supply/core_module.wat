;; tries: to be run without the component model's checks: it is a core module
;; ends: refused: troupe.NotAComponent
;; repeats: 10, each is looked at in a process of its own
(module
  (memory (export "memory") 1)
  (func (export "handle") (param i32 i32) (result i32) (i32.const 0)))
