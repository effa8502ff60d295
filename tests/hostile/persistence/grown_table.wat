;; tries: to leave a mark in how large a table is
;; ends: returns: 0
;; -- module --
(table $marks 0 funcref)
(func $attack (param i32 i32) (result i32)
  (i32.store8 (i32.const 256) (i32.add (i32.const 0x30) (table.size $marks)))
  (drop (table.grow $marks (ref.null func) (i32.const 1)))
  (call $return (i32.const 256) (i32.const 1)))
