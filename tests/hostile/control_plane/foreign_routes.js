// tries: to send to whom it may not: the crew, others, and names that only look like those that are granted
// ends: returns: []
// route: granted-* x-troupe-* exact
import mesh from "troupe:actor/mesh@0.1.0";

const NAMES = [
  "x-sink",
  "x-sump",
  "x-resume",
  "x-pause",
  "x-join",
  "x-troupe-anything",
  "victim",
  "VICTIM",
  "victim ",
  "victim\n",
  "victim\u0000granted-a",
  "victim/granted-a",
  "../victim",
  "granted-",
  "granted",
  "granted-*",
  "GRANTED-a",
  "granted-a.victim",
  "granted-a,victim",
  "granted-\u0430",
  "grantedx",
  "x-granted-a",
  "exac",
  "exact1",
  "exact-",
  "*",
  "",
  "constructor",
  "__proto__",
  "-granted-a",
  "granted-" + "a".repeat(60),
];
const edits = (name) => {
  const text = JSON.stringify(name);
  return [
    [".route.next", `[${text}]`],
    [".route.next[:0]", `[${text}]`],
    [".route.next[999:]", `[${text}]`],
    [".route.next", `["exact",${text}]`],
    [".route.next[0]", text],
    [".route.next[-1]", text],
    [".route.next", `[[${text}]]`],
    [".route.next", `{"0":${text},"length":1}`],
    [".route.next", text],
    ['.["route"]["next"]', `[${text}]`],
  ];
};

export function handle(payload) {
  if (payload !== "1") return payload;
  const written = [];
  for (const [path, value] of NAMES.flatMap(edits)) {
    try {
      mesh.set(path, value);
      written.push(`${path} ${value}`);
    } catch (error) {
      if (!error?.payload?.code?.startsWith("troupe.")) written.push(`${path}: ${error}`);
    }
  }
  // What is granted can be done, and undone.
  mesh.set(".route.next", '["granted-a", "exact"]');
  mesh.del(".route.next");
  return JSON.stringify(written);
}
