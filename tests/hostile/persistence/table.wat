;; tries: to leave a mark in a table
;; ends: returns: 0
;; -- module --
(table $marks 4 funcref)
(elem declare func $none)
(func $attack (param i32 i32) (result i32)
  (i32.store8 (i32.const 256) (i32.sub (i32.const 0x31) (ref.is_null (table.get $marks (i32.const 2)))))
  (table.set $marks (i32.const 2) (ref.func $none))
  (call $return (i32.const 256) (i32.const 1)))
