// tries: to send events without end
// ends: troupe.OutputLimit
// says: limits.emits
// limits: emits=100
import mesh from "troupe:actor/mesh@0.1.0";

export function handle(payload) {
  if (payload !== "1") return payload;
  try {
    for (;;) mesh.fly('"event"');
  } catch (error) {
    throw { kind: error.payload.code, lineage: [], message: error.payload.message };
  }
}
