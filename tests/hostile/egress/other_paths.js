// tries: to come to a path that is not granted, by each way up that a server could know
// ends: returns: ["HTTP-request-URI-invalid","HTTP-request-denied"]
// runs: client
// deno-lint-ignore-file no-unused-vars -- what goes before it calls it
const attack = () =>
  outcomes([
    "/closed",
    "/",
    "",
    "?/open/well",
    "/openly",
    "/open/../closed",
    "/open/./../closed",
    "/open/%2e%2e/closed",
    "/open/.%2E/closed",
    "/open/..%2fclosed",
    "/open/..%5cclosed",
    "/open/%252e%252e/closed",
    "/open/%25252e%25252e%25252fclosed",
    "/open/..;/closed",
    "/open/..%3b/closed",
    "/open/..%00/closed",
    "/open%2f..%2fclosed",
    "/open\\..\\closed",
    "//open/well",
    "/OPEN/well",
    "/closed?/open/",
  ].map((path) => `http://api.test:{{port}}${path}`));
