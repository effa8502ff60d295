;; tries: to leave a mark, and to trap, so that nobody puts back what it left
;; ends: troupe.Trap
;; says: unreachable
;; -- module --
(global $mark (mut i32) (i32.const 0))
(func $attack (param i32 i32) (result i32)
  ;; One who finds the mark spins instead, and its failure has another name.
  (if (i32.or (global.get $mark) (i32.load (i32.const 3000))) (then (loop $again (br $again))))
  (global.set $mark (i32.const 1))
  (i32.store (i32.const 3000) (i32.const 1))
  (unreachable))
