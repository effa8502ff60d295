// tries: to leave a mark in the envelope after it: in edits and emits that a failure should undo
// ends: Undone
import mesh from "troupe:actor/mesh@0.1.0";

export function handle(payload) {
  if (payload !== "1") return payload;
  const before = mesh.get(".headers.mark");
  mesh.set(".headers.mark", "1");
  mesh.emit('"a mark"');
  throw { kind: (before ?? null) === null ? "Undone" : "Kept", lineage: [], message: "" };
}
