// tries: to send methods that are not granted, and lines of a request within them
// ends: returns: ["HTTP-request-method-invalid","HTTP-request-denied","HTTP-request-method-invalid","HTTP-request-denied","refused","refused","refused"]
// runs: client
// deno-lint-ignore-file no-unused-vars -- what goes before it calls it
const attack = () =>
  ["connect", "delete", "trace", "PROPFIND", "GET /closed", "GET\r\nx: y", "G\u0000T"].map((method) =>
    outcome("http://api.test:{{port}}/open/well", { method })
  );
