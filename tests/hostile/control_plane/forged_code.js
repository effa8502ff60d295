// tries: to fail with the code of a refused call, with none having been refused
// ends: guest.troupe.AccessError
export function handle(payload) {
  if (payload !== "1") return payload;
  throw { kind: "troupe.AccessError", lineage: [], message: "" };
}
