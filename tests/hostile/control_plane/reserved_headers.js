// tries: to write or remove headers of the platform, in every case and spelling
// ends: returns: []
import mesh from "troupe:actor/mesh@0.1.0";

const NAMES = [
  "traceparent",
  "tracestate",
  "x-troupe-",
  "x-troupe-fan",
  "x-troupe-root",
  "x-troupe-replay",
  "x-troupe-tenant",
  "x-troupe-__proto__",
  "x-asya-",
  "x-asya-gateway-url",
  "x-asya-route-override",
];
const spellings = (name) => [
  `.headers.${name}`,
  `.headers.${name.toUpperCase()}`,
  `.headers.${[...name].map((c, n) => n % 2 ? c.toUpperCase() : c).join("")}`,
  `.headers["${name}"]`,
  `.["headers"]["${name}"]`,
  `.headers["${name.replace("x", "\\u0078").replace("t", "\\u0054")}"]`,
  `.headers.${name}.a`,
  `.headers.${name}[0]`,
  `.headers.${name}[:0]`,
  `.headers["${name}"]["a"][0]`,
];

export function handle(payload) {
  if (payload !== "1") return payload;
  const written = [];
  for (const path of NAMES.flatMap(spellings)) {
    for (const edit of [() => mesh.set(path, '"x"'), () => mesh.set(path, "[]"), () => mesh.del(path)]) {
      try {
        edit();
        written.push(path);
      } catch (error) {
        if (!error?.payload?.code?.startsWith("troupe.")) written.push(`${path}: ${error}`);
      }
    }
  }
  return JSON.stringify(written);
}
