// tries: to have a host that is granted taken for the one that is meant, by a user before it
// ends: returns: ["HTTP-request-URI-invalid"]
// runs: client
// deno-lint-ignore-file no-unused-vars -- what goes before it calls it
const attack = () =>
  outcomes([
    "http://api.test@inside.test:{{port}}/open/well",
    "http://api.test:{{port}}@127.0.0.2:{{port}}/open/well",
    "http://:@api.test:{{port}}/open/well",
    "http://@api.test:{{port}}/open/well",
    "http://inside.test%40api.test:{{port}}/open/well",
  ]);
