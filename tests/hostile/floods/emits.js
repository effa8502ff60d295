// tries: to emit more than a hop may, and to keep what it could when it is refused
// ends: troupe.OutputLimit
// says: limits.emits
// repeats: 10, each makes a thousand
import mesh from "troupe:actor/mesh@0.1.0";

export function handle(payload) {
  if (payload !== "1") return payload;
  try {
    for (;;) mesh.emit("1");
  } catch (error) {
    throw { kind: error.payload.code, lineage: [], message: error.payload.message };
  }
}
