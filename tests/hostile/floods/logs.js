// tries: to fill the host's disk by its log
// ends: returns: 1
// limits: logBytes=4000
import mesh from "troupe:actor/mesh@0.1.0";

export function handle(payload) {
  if (payload !== "1") return payload;
  for (let n = 0; n < 2000; n++) mesh.log("info", "x".repeat(100));
  for (let n = 0; n < 1000; n++) mesh.log("info", "");
  mesh.log("error", "y".repeat(1 << 20));
  return payload;
}
