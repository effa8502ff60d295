;; tries: to be given what handle is not given elsewhere: numbers
;; ends: refused: troupe.WrongWorld
;; repeats: 10, each is looked at in a process of its own
(component
  (core module $main (func (export "handle") (param i64) (result i64) (local.get 0)))
  (core instance $main (instantiate $main))
  (func $handle (param "payload" u64) (result u64) (canon lift (core func $main "handle")))
  (export "handle" (func $handle)))
