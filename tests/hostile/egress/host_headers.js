// tries: to set headers that say to whom a request goes, or where it ends
// ends: returns: ["forbidden","invalid-syntax"]
// runs: client
// deno-lint-ignore-file no-unused-vars -- what goes before it calls it
const HEADERS = [
  ["Host", "inside.test"],
  ["connection", "keep-alive"],
  ["Proxy-Connection", "keep-alive"],
  ["proxy-authorization", "x"],
  ["Transfer-Encoding", "chunked"],
  ["te", "trailers"],
  ["Upgrade", "websocket"],
  ["expect", "100-continue"],
  ["http2-settings", "x"],
  ["x", "y\r\nhost: inside.test"],
  ["x", "y\nz"],
  ["x", "y\u0000"],
  ["x: y\r\nhost", "inside.test"],
  ["x y", "z"],
  ["", "z"],
  [" host", "inside.test"],
];
const attack = () =>
  [...new Set(HEADERS.map((header) => outcome("http://api.test:{{port}}/open/well", { headers: [header] })))]
    .sort();
