;; tries: to leave a mark in a global of a type that readers of WebAssembly forget: v128
;; ends: returns: 0
;; -- module --
(global $vector (mut v128) (v128.const i64x2 0 0))
(func $attack (param i32 i32) (result i32)
  (i32.store8 (i32.const 256) (i32.add (i32.const 0x30) (i32x4.extract_lane 3 (global.get $vector))))
  (global.set $vector (v128.const i32x4 0 0 0 1))
  (call $return (i32.const 256) (i32.const 1)))
