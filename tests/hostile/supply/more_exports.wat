;; tries: to offer more than an actor, for somebody to call
;; ends: refused: troupe.WrongWorld
;; says: exports more than an actor does
;; repeats: 10, each is looked at in a process of its own
;; -- component --
(core module $more (func (export "f")))
(core instance $more (instantiate $more))
(func $more (canon lift (core func $more "f")))
(export "then" (func $more))
;; -- module --
(func $attack (param i32 i32) (result i32) (unreachable))
