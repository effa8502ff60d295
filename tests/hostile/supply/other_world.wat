;; tries: to be run although it is of another world: it has a command's entry, and not an actor's
;; ends: refused: troupe.WrongWorld
;; repeats: 10, each is looked at in a process of its own
(component
  (core module $main (func (export "run")))
  (core instance $main (instantiate $main))
  (func $run (canon lift (core func $main "run")))
  (export "run" (func $run)))
