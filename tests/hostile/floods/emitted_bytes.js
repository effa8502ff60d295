// tries: to emit more bytes than a hop may, in few pieces, with characters that are longer than they seem
// ends: troupe.OutputLimit
// limits: emittedBytes=100000
// repeats: 20, each has a hundred kilobytes
import mesh from "troupe:actor/mesh@0.1.0";

const PIECE = JSON.stringify("\u{10ffff}".repeat(10_000));
export function handle(payload) {
  if (payload !== "1") return payload;
  try {
    for (let n = 0; n < 3; n++) mesh.emit(PIECE);
  } catch (error) {
    throw { kind: error.payload.code, lineage: [], message: error.payload.message };
  }
  return payload;
}
