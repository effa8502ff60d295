;; tries: to have more of the mesh than there is, by a version to come
;; ends: refused: troupe.ImportDenied
;; says: troupe:actor
;; repeats: 10, each is looked at in a process of its own
;; -- component --
(import "troupe:actor/mesh@0.9.0" (instance $denied (export "publish" (func (param "queue" string)))))
;; -- module --
(func $attack (param i32 i32) (result i32) (unreachable))
