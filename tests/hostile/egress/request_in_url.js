// tries: to send lines of a request within the parts of a URL
// ends: returns: ["refused","refused","refused","refused"]
// runs: client
// deno-lint-ignore-file no-unused-vars -- what goes before it calls it
const attack = () =>
  [
    "http://api.test:{{port}}/open/well HTTP/1.1\r\nx: y",
    "http://api.test:{{port}}/open/well\r\n\r\nGET /smuggled HTTP/1.1\r\n",
    "http://api.test:{{port}}\r\nx: y/open/well",
    "http://api.test:{{port}} inside.test/open/well",
  ].map((url) => outcome(url));
