;; tries: to open a file below a folder that it was never given, by guessing the number of its handle
;; ends: returns: 1
;; -- component --
(import "wasi:filesystem/types@0.2.0" (instance $types
  (export "descriptor" (type $descriptor (sub resource)))
  (type $codes (enum "access" "would-block" "already" "bad-descriptor" "busy" "deadlock" "quota" "exist"
    "file-too-large" "illegal-byte-sequence" "in-progress" "interrupted" "invalid" "io" "is-directory" "loop"
    "too-many-links" "message-size" "name-too-long" "no-device" "no-entry" "no-lock" "insufficient-memory"
    "insufficient-space" "not-directory" "not-empty" "not-recoverable" "unsupported" "no-tty" "no-such-device"
    "overflow" "not-permitted" "pipe" "read-only" "invalid-seek" "text-file-busy" "cross-device"))
  (export "error-code" (type $error-code (eq $codes)))
  (export "[method]descriptor.create-directory-at" (func
    (param "self" (borrow $descriptor)) (param "path" string) (result (result (error $error-code)))))))
;; -- lower --
(core func $create (canon lower (func $types "[method]descriptor.create-directory-at") (memory $memory)))
;; -- imports --
(import "files" "create" (func $create (param i32 i32 i32 i32)))
;; -- with --
(with "files" (instance (export "create" (func $create))))
;; -- module --
(data (i32.const 256) "/tmp/x")
(func $attack (param i32 i32) (result i32)
  (call $create (i32.const 1) (i32.const 256) (i32.const 6) (i32.const 512))
  ;; Whatever the handle: there is no file. 1 is an error.
  (i32.store8 (i32.const 512) (i32.add (i32.const 0x30) (i32.load8_u (i32.const 512))))
  (call $return (i32.const 512) (i32.const 1)))
