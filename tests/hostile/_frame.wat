;; The frame of the attacks that are written in WAT: an actor that gives back its payload, and does what an attack says
;; where the payload begins with 1. An attack is pieces, each after a line that says where it belongs:
;;   ;; -- module --     fields of the core module; it has to have (func $attack (param i32 i32) (result i32)), which
;;                       gets the payload and gives the place of the result
;;   ;; -- imports --    more imports of that module
;;   ;; -- libc --       the module with memory and allocator, in place of the one below
;;   ;; -- component --  definitions before it
;;   ;; -- lower --      definitions that need the memory: imports of the component, lowered
;;   ;; -- with --       what it is instantiated with, besides
;;   ;; -- lift --       options with which handle is lifted
;; Bytes 256 to 4095 of the memory are the attack's.
(component
  (import "troupe:actor/mesh@0.1.0" (instance $mesh
    (type $string string)
    (export "json" (type $json (eq $string)))
    (type $record (record (field "code" string) (field "message" string)))
    (export "refusal" (type $refusal (eq $record)))
    (type $levels (enum "debug" "info" "warn" "error"))
    (export "level" (type $level (eq $levels)))
    (export "get" (func (param "path" string) (result (result (option $json) (error $refusal)))))
    (export "set" (func (param "path" string) (param "value" $json) (result (result (error $refusal)))))
    (export "emit" (func (param "payload" $json) (result (result (error $refusal)))))
    (export "fly" (func (param "event" $json) (result (result (error $refusal)))))
    (export "log" (func (param "level" $level) (param "message" string)))))
  (import "troupe:actor/failures@0.1.0" (instance $failures
    (type $record (record
      (field "kind" string) (field "lineage" (list string)) (field "message" string)
      (field "traceback" (option string)) (field "details" (option string))))
    (export "failure" (type (eq $record)))))
  (alias export $failures "failure" (type $failure-type))
  (import "failure" (type $failure (eq $failure-type)))
  (alias export $mesh "json" (type $json-type))
  (import "json" (type $json (eq $json-type)))
  {{component}}
  (core module $libc {{libc}})
  (core instance $libc (instantiate $libc))
  (alias core export $libc "memory" (core memory $memory))
  (alias core export $libc "realloc" (core func $realloc))
  (core func $get (canon lower (func $mesh "get") (memory $memory) (realloc $realloc)))
  (core func $set (canon lower (func $mesh "set") (memory $memory) (realloc $realloc)))
  (core func $emit (canon lower (func $mesh "emit") (memory $memory) (realloc $realloc)))
  (core func $fly (canon lower (func $mesh "fly") (memory $memory) (realloc $realloc)))
  (core func $log (canon lower (func $mesh "log") (memory $memory) (realloc $realloc)))
  {{lower}}
  (core module $main
    (import "libc" "memory" (memory $memory 1))
    (import "libc" "realloc" (func $realloc (param i32 i32 i32 i32) (result i32)))
    ;; A text, and the place of the answer: 0 where it was done, 1 where it was refused.
    (import "mesh" "get" (func $get (param i32 i32 i32)))
    (import "mesh" "set" (func $set (param i32 i32 i32 i32 i32)))
    (import "mesh" "emit" (func $emit (param i32 i32 i32)))
    (import "mesh" "fly" (func $fly (param i32 i32 i32)))
    (import "mesh" "log" (func $log (param i32 i32 i32)))
    {{imports}}
    ;; The results of handle: a text; nothing; a failure whose kind is a text.
    (func $return (param $at i32) (param $length i32) (result i32)
      (i64.store (i32.const 16) (i64.const 0x100000000))
      (i32.store (i32.const 24) (local.get $at))
      (i32.store (i32.const 28) (local.get $length))
      (i32.const 16))
    (func $none (result i32)
      (i64.store (i32.const 16) (i64.const 0))
      (i32.const 16))
    (func $fail (param $at i32) (param $length i32) (result i32)
      (memory.fill (i32.const 16) (i32.const 0) (i32.const 64))
      (i32.store (i32.const 16) (i32.const 1))
      (i32.store (i32.const 20) (local.get $at))
      (i32.store (i32.const 24) (local.get $length))
      (i32.const 16))
    ;; What an author's SDK makes of a call that was refused: a failure of the code's kind. Nothing, where it was not.
    (func $refused (param $answer i32) (result i32)
      (if (i32.eqz (i32.load8_u (local.get $answer))) (then (return (call $none))))
      (drop (call $fail (i32.load offset=4 (local.get $answer)) (i32.load offset=8 (local.get $answer))))
      (i64.store (i32.const 36) (i64.load offset=12 (local.get $answer)))
      (i32.const 16))
    {{module}}
    (func (export "handle") (param $at i32) (param $length i32) (result i32)
      (if (result i32) (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x31))
        (then (call $attack (local.get $at) (local.get $length)))
        (else (call $return (local.get $at) (local.get $length))))))
  (core instance $main (instantiate $main
    (with "libc" (instance $libc))
    (with "mesh" (instance
      (export "get" (func $get)) (export "set" (func $set)) (export "emit" (func $emit))
      (export "fly" (func $fly)) (export "log" (func $log))))
    {{with}}))
  (func $handle (param "payload" $json) (result (result (option $json) (error $failure)))
    (canon lift (core func $main "handle") (memory $memory) (realloc $realloc) {{lift}}))
  (export "handle" (func $handle)))
