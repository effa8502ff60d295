;; tries: the same by a segment of elements
;; ends: returns: 0
;; -- module --
(table $functions 1 funcref)
(elem $passive func $none)
(data (i32.const 256) "0")
(func $attack (param i32 i32) (result i32)
  (table.init $functions $passive (i32.const 0) (i32.const 0) (i32.const 1))
  (elem.drop $passive)
  (call $return (i32.const 256) (i32.const 1)))
