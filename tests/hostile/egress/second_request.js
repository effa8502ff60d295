// tries: to send a second request within the body of the first one
// ends: returns: ["well","well","HTTP-request-body-size","HTTP-request-denied","HTTP-request-denied"]
// runs: client
// deno-lint-ignore-file no-unused-vars -- what goes before it calls it
const body = "0\r\n\r\nGET /smuggled HTTP/1.1\r\nhost: api.test\r\n\r\n";
function attack() {
  const url = "http://api.test:{{port}}/open/well";
  return [
    outcome(url, { body }),
    outcome(url, { body, method: "post" }),
    outcome(url, { body, method: "post", headers: [["content-length", "5"]] }),
    outcome(url, { body, method: "post", headers: [["content-length", "5"], ["content-length", "45"]] }),
    outcome(url, { body, method: "post", headers: [["content-length", "0x5"]] }),
  ];
}
