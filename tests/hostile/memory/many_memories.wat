;; tries: to have two memories in one module, of which the host sees only one
;; ends: refused: troupe.BadComponent
;; says: multiple memories
;; repeats: 5, each is looked at in a process of its own
;; -- component --
(core module $more
  (memory $first 1)
  (memory $second 1)
  (func (export "fill") (memory.fill $second (i32.const 0) (i32.const 1) (i32.const 1))))
(core instance $more (instantiate $more))
;; -- module --
(func $attack (param i32 i32) (result i32) (unreachable))
