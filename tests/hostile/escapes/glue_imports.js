// tries: to import modules while it is loaded: of the disk, the network, the engine
// ends: returns: []
// runs: glue

const WANTED = [
  ...[
    "fs",
    "file:///etc/passwd",
    "/etc/passwd",
    "./main.js",
    "https://example.com/x.js",
    "http://127.0.0.1:1/x.js",
  ],
  ...[
    "npm:zod",
    "jsr:@std/path",
    "ext:core/mod.js",
    "ext:deno_node/00_globals.js",
    "internal:deno/x",
    "bare",
  ],
];
const found = [];
for (const name of WANTED) {
  try {
    await import(name);
    found.push(name);
  } catch {
    // Refused.
  }
}

export function instantiate() {
  return { handle: (payload) => payload === "1" ? JSON.stringify(found) : payload };
}
