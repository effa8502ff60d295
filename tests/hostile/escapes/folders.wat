;; tries: to find a folder that is open from the start
;; ends: returns: 0
;; -- component --
(import "wasi:filesystem/types@0.2.0" (instance $types (export "descriptor" (type (sub resource)))))
(alias export $types "descriptor" (type $file))
(import "wasi:filesystem/preopens@0.2.0" (instance $preopens
  (export "descriptor" (type $d (eq $file)))
  (export "get-directories" (func (result (list (tuple (own $d) string)))))))
;; -- lower --
(core func $folders (canon lower (func $preopens "get-directories") (memory $memory) (realloc $realloc)))
;; -- imports --
(import "files" "folders" (func $folders (param i32)))
;; -- with --
(with "files" (instance (export "folders" (func $folders))))
;; -- module --
(func $attack (param i32 i32) (result i32)
  (call $folders (i32.const 512))
  (i32.store8 (i32.const 256) (i32.add (i32.const 0x30) (i32.load (i32.const 516))))
  (call $return (i32.const 256) (i32.const 1)))
