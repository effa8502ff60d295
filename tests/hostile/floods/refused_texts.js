// tries: to have the host look through megabytes that it is going to refuse, again and again
// ends: troupe.OutputLimit
// says: refused calls
// repeats: 10, each has tens of megabytes
import mesh from "troupe:actor/mesh@0.1.0";

export function handle(payload) {
  if (payload !== "1") return payload;
  const text = "x".repeat(4_000_000);
  for (;;) {
    try {
      mesh.emit(text);
    } catch {
      // Once more.
    }
  }
}
