;; tries: to have more of the mesh than there is, under a name that is there
;; ends: refused: troupe.ImportDenied
;; says: publish
;; repeats: 10, each is looked at in a process of its own
;; -- component --
(import "troupe:actor/mesh@0.1.7" (instance $denied (export "publish" (func (param "queue" string)))))
;; -- module --
(func $attack (param i32 i32) (result i32) (unreachable))
