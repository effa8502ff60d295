// tries: to write or remove what can only be read, in every spelling that a path has
// ends: returns: []
import mesh from "troupe:actor/mesh@0.1.0";

const WORDS = [
  "id",
  "parent_id",
  "status",
  "payload",
  "route",
  "__proto__",
  "constructor",
  "extra",
  "x-troupe-dead-letter",
];
const PATHS = [
  ".",
  "",
  " ",
  "..",
  "...status",
  "..status",
  "$.status",
  "status",
  "/status",
  ".status.phase",
  ".status[0]",
  ".status[:]",
  ".status.error.type",
  '.status["error"]["type"]',
  ".route.curr",
  ".route.prev",
  ".route.prev[0]",
  ".route.prev[-1]",
  ".route.prev[:0]",
  ".route.next.length",
  ".route.next.__proto__",
  '.route.next["0"]',
  ".route.next.constructor",
  ".route",
  ".route[0]",
  ".route[:]",
  '.route["curr"]',
  '.["route"]["curr"]',
  '.["route"]["\\u0063urr"]',
  ".route.nextt",
  ".route.Next",
  ".Route.next",
  '.route["next "]',
  ".headers",
  ".headers[0]",
  ".headers[:]",
  ".headers.",
  ".headers..status",
  '.headers["x"',
  '.headers["x\\"]',
  ".headers.x\u0000",
  ".headers.\u202estatus",
  ".headers[99999999999]",
  ".headers\n.x",
  ".__proto__.status",
  ".constructor.prototype.status",
  ".headers.__proto__.__proto__.status[0:",
];
const spelled = WORDS.flatMap((word) => [
  `.${word}`,
  `.${word} `,
  ` .${word}`,
  `.["${word}"]`,
  `["${word}"]`,
  `.['${word}']`,
  `.["${[...word].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`).join("")}"]`,
  `.${word.toUpperCase()}`,
  `.${word}.x`,
  `.${word}[0]`,
  `.${word}[:0]`,
  `.${word}\u0301`,
  `.${word.replace("s", "\u017f")}`,
  `.${word.replace("i", "\u0131")}`,
]);

export function handle(payload) {
  if (payload !== "1") return payload;
  const written = [];
  for (const path of [...PATHS, ...spelled]) {
    for (
      const edit of [() => mesh.set(path, '"x"'), () => mesh.set(path, '["victim"]'), () => mesh.del(path)]
    ) {
      try {
        edit();
        written.push(path);
      } catch (error) {
        // Only a refusal with a name is one.
        if (!error?.payload?.code?.startsWith("troupe.")) written.push(`${path}: ${error}`);
      }
    }
  }
  const { id, route } = JSON.parse(mesh.get("."));
  if (!id.endsWith("/attack") || route.prev.length + route.next.length > 0) {
    written.push(`${id} ${JSON.stringify(route)}`);
  }
  return JSON.stringify(written);
}
