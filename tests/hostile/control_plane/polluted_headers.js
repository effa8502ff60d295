// tries: to give every object of the host a member, by headers with the names of prototypes
// ends: returns: [null,null,null,"{\"polluted\":1}"]
import mesh from "troupe:actor/mesh@0.1.0";

export function handle(payload) {
  if (payload !== "1") return payload;
  mesh.set(".headers.__proto__", '{"polluted":1}');
  mesh.set(".headers.__proto__.polluted", "1");
  mesh.set('.headers["constructor"]["prototype"]["polluted"]', "1");
  mesh.set(".headers.a.__proto__.polluted", "1");
  mesh.set(".headers.toString", '"x"');
  mesh.set(".headers.toJSON", '"x"');
  mesh.set(".headers.b", '{"__proto__":{"polluted":1},"toJSON":1}');
  const seen = [".polluted", ".route.polluted", ".headers.polluted", ".headers.__proto__"].map((path) =>
    mesh.get(path) ?? null
  );
  return JSON.stringify(seen);
}
