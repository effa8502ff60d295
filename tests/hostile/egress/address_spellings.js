// tries: to come to an address inside by each of its spellings, in the place of a name
// ends: returns: ["HTTP-request-URI-invalid","HTTP-request-denied","refused"]
// runs: client
// deno-lint-ignore-file no-unused-vars -- what goes before it calls it
const attack = () =>
  outcomes([
    "127.0.0.2",
    "127.0.0.2.",
    "127.0.2",
    "127.2",
    "2130706434",
    "0x7f000002",
    "0x7f.2",
    "0177.0.0.2",
    "0177.0.2",
    "0000127.0.0.2",
    "%31%32%37.0.0.2",
    "\u00a0127.0.0.2",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.2]",
    "[::ffff:7f00:2]",
    "[::127.0.0.2]",
    "[64:ff9b::127.0.0.2]",
    "[fe80::1%25lo]",
    "0",
    "0.0.0.0",
    "localhost",
    "169.254.169.254",
    "[fd00:ec2::254]",
  ].map((host) => `http://${host}:{{port}}/open/well`));
