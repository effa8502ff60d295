// tries: to have its last emit taken although all others were used up, in its return
// ends: troupe.OutputLimit
// limits: emits=3
import mesh from "troupe:actor/mesh@0.1.0";

export function handle(payload) {
  if (payload !== "1") return payload;
  for (let n = 0; n < 3; n++) mesh.emit(String(n));
  return payload;
}
