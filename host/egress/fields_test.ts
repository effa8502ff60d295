import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { EgressError } from "./errors.ts";
import { bytesOfFields, checkRequestFields, checkResponseFields, type Field } from "./fields.ts";

const BOUNDS = { headers: 4, headerBytes: 100 };

Deno.test("headers go through, with names in lower case and values as they are", () => {
  const fields: Field[] = [["X-A", "1"], ["x-a", "\xe9\t\xff"], ["Accept", ""]];
  const expected = [["x-a", "1"], ["x-a", "\xe9\t\xff"], ["accept", ""]];
  assertEquals(checkRequestFields(fields, BOUNDS), {
    fields: expected as unknown as Field[],
    length: undefined,
  });
});

Deno.test("what content-length says stands apart", () => {
  const { fields, length } = checkRequestFields([["Content-Length", "12"]], BOUNDS);
  assertEquals([fields.length, length], [0, 12]);
});

const REFUSED: Record<string, [Field[], string]> = {
  "a line's end in a value": [[["x", "a\r\nhost: evil"]], "has bytes that no header may have"],
  "a line feed in a value": [[["x", "a\nb"]], "has bytes"],
  "a zero in a value": [[["x", "a\0"]], "has bytes"],
  "a character that is no byte": [[["x", "č"]], "has bytes"],
  "a line's end in a name": [[["x\r\ny", "a"]], "is not the name of a header"],
  "a space in a name": [[["x y", "a"]], "is not the name"],
  "a colon in a name": [[["x:", "a"]], "is not the name"],
  "an empty name": [[["", "a"]], "is not the name"],
  "two lengths": [[["content-length", "1"], ["Content-Length", "1"]], "has to stand once"],
  "a length with a sign": [[["content-length", "+1"]], "with a number"],
  "a length in a list": [[["content-length", "1, 1"]], "with a number"],
  "a length in hex": [[["content-length", "0x1"]], "with a number"],
};
const OF_THE_HOST = [
  ...["Host", "connection", "Keep-Alive", "Transfer-Encoding", "TE", "trailer", "Upgrade", "expect"],
  ...["Proxy-Connection", "proxy-authorization", "http2-settings"],
];
for (const name of OF_THE_HOST) REFUSED[name] = [[[name, "x"]], `${name.toLowerCase()} is set by the host`];

for (const [what, [fields, problem]] of Object.entries(REFUSED)) {
  Deno.test(`refused: ${what}`, () => {
    const { code, http, message } = assertThrows(() => checkRequestFields(fields, BOUNDS), EgressError);
    assertEquals([code, http.tag], ["troupe.EgressDenied", "HTTP-request-denied"]);
    assertStringIncludes(message, problem);
  });
}

Deno.test("too many headers, or too large ones, are refused in both directions", () => {
  const many = new Array<Field>(5).fill(["a", "b"]);
  const large: Field[] = [["a", "b".repeat(96)]];
  for (const fields of [many, large]) {
    const request = assertThrows(() => checkRequestFields(fields, BOUNDS), EgressError);
    const response = assertThrows(() => checkResponseFields(fields, BOUNDS), EgressError);
    const val = bytesOfFields(fields);
    assertEquals([request.code, response.code], ["troupe.EgressLimit", "troupe.EgressLimit"]);
    assertEquals(request.http, { tag: "HTTP-request-header-section-size", val });
    assertEquals(response.http, { tag: "HTTP-response-header-section-size", val });
  }
});

Deno.test("headers of the connection are not in a response", () => {
  const fields: Field[] = [["Connection", "close"], ["Transfer-Encoding", "chunked"], ["Server", "x"]];
  assertEquals(checkResponseFields(fields, BOUNDS), [["server", "x"]]);
});
