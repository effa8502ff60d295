;; tries: to leave a mark in an object of the garbage collector, in a global that never changes
;; ends: returns: 0
;; -- module --
(type $box (struct (field (mut i32))))
(global $box (ref $box) (struct.new $box (i32.const 0)))
(func $attack (param i32 i32) (result i32)
  (i32.store8 (i32.const 256) (i32.add (i32.const 0x30) (struct.get $box 0 (global.get $box))))
  (struct.set $box 0 (global.get $box) (i32.const 1))
  (call $return (i32.const 256) (i32.const 1)))
