// tries: to send requests to hosts that are none of those which are granted, but look like them
// ends: returns: ["HTTP-request-denied"]
// runs: client
// deno-lint-ignore-file no-unused-vars -- what goes before it calls it
const attack = () =>
  outcomes([
    "http://other.test:{{port}}/open/well",
    "http://test:{{port}}/open/well",
    "http://xapi.test:{{port}}/open/well",
    "http://sub.api.test:{{port}}/open/well",
    "http://api.test.evil.test:{{port}}/open/well",
    "http://api.test/open/well",
    "http://localhost:{{port}}/open/well",
    "http://localhost.:{{port}}/open/well",
    "http://api.te%73t.:1/open/well",
  ]);
