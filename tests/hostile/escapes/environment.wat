;; tries: to read the host's environment, in which there is a password
;; ends: returns: 0
;; -- component --
(import "wasi:cli/environment@0.2.0" (instance $environment
  (export "get-environment" (func (result (list (tuple string string)))))
  (export "get-arguments" (func (result (list string))))
  (export "initial-cwd" (func (result (option string))))))
;; -- lower --
(core func $variables (canon lower (func $environment "get-environment") (memory $memory) (realloc $realloc)))
(core func $arguments (canon lower (func $environment "get-arguments") (memory $memory) (realloc $realloc)))
(core func $folder (canon lower (func $environment "initial-cwd") (memory $memory) (realloc $realloc)))
;; -- imports --
(import "environment" "variables" (func $variables (param i32)))
(import "environment" "arguments" (func $arguments (param i32)))
(import "environment" "folder" (func $folder (param i32)))
;; -- with --
(with "environment" (instance
  (export "variables" (func $variables)) (export "arguments" (func $arguments)) (export "folder" (func $folder))))
;; -- module --
(func $attack (param i32 i32) (result i32)
  (call $variables (i32.const 512))
  (call $arguments (i32.const 528))
  (call $folder (i32.const 544))
  ;; How many of each, and whether there is a folder: one digit for all.
  (i32.store8 (i32.const 256) (i32.add (i32.const 0x30) (i32.add
    (i32.add (i32.load (i32.const 516)) (i32.load (i32.const 532)))
    (i32.load8_u (i32.const 544)))))
  (call $return (i32.const 256) (i32.const 1)))
