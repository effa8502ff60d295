// tries: to send its envelope round and round: a route of more actors than one may have
// ends: troupe.RouteTooLong
// route: exact
import mesh from "troupe:actor/mesh@0.1.0";

export function handle(payload) {
  if (payload !== "1") return payload;
  try {
    mesh.set(".route.next", JSON.stringify(Array(100_000).fill("exact")));
  } catch (error) {
    throw { kind: error.payload.code, lineage: [], message: "" };
  }
  return payload;
}
