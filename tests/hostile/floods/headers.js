// tries: to make its envelope too large for whoever has it next, by headers
// ends: troupe.OutputLimit
// says: bytes of edits
// repeats: 20, each has a megabyte
import mesh from "troupe:actor/mesh@0.1.0";

export function handle(payload) {
  if (payload !== "1") return payload;
  try {
    for (let n = 0;; n++) mesh.set(`.headers.h${n}`, JSON.stringify("x".repeat(10_000)));
  } catch (error) {
    throw { kind: error.payload.code, lineage: [], message: error.payload.message };
  }
}
