;; tries: to leave a mark in how large its memory is, and in what it was grown by
;; ends: returns: 2
;; -- module --
(func $attack (param i32 i32) (result i32)
  (i32.store8 (i32.const 256) (i32.add (i32.const 0x30) (memory.size)))
  (drop (memory.grow (i32.const 1)))
  (i32.store8 (i32.const 140000) (i32.const 1))
  (call $return (i32.const 256) (i32.const 1)))
