import { assertEquals, assertThrows } from "@std/assert";
import { utf8 } from "../_testing.ts";
import { MalformedAnswerError, mergeAnswer, readAnswer, squeeze, writeAnswer } from "./answer.ts";

Deno.test("an answer comes back as it was written, but for the space between its tokens", () => {
  const answers = [
    { to: "1", token: "t", answer: '{"n":9007199254740993,"s":" \\" "}' },
    { to: "1/2/0", token: "t", answer: "null" },
    { to: '"é', token: "t", cancel: "no longer wanted" },
    { to: "1", token: "t", cancel: "" },
  ];
  for (const answer of answers) assertEquals(readAnswer(writeAnswer(answer)), answer);
  const spaced = readAnswer(
    utf8('{ "x-troupe-answer": 1, "to": "1", "token": "t", "answer": { "a" : [ 1, -0 ] } }'),
  );
  assertEquals(spaced.answer, '{"a":[1,-0]}');
});

Deno.test("without a token the text stands for it", () => {
  const read = (text: string) => readAnswer(utf8(`{"x-troupe-answer":1,"to":"1",${text}}`)).token;
  assertEquals(read('"answer":{"a":1}'), read('"answer": { "a": 1 }'));
  assertEquals(new Set([read('"answer":1'), read('"answer":2'), read('"cancel":"1"')]).size, 3);
});

Deno.test("what is no answer is refused, and it is said what one is", () => {
  const bad: [body: Uint8Array, says: string][] = [
    [Uint8Array.of(0xff), "UTF-8"],
    [utf8("{"), "offset"],
    [utf8("[]"), "expected object"],
    [utf8('{"x-troupe-answer":2,"to":"1","answer":1}'), "x-troupe-answer"],
    [utf8('{"x-troupe-answer":1,"answer":1}'), "to"],
    [utf8('{"x-troupe-answer":1,"to":"","answer":1}'), "to"],
    [utf8('{"x-troupe-answer":1,"to":"1"}'), "either"],
    [utf8('{"x-troupe-answer":1,"to":"1","answer":1,"cancel":"x"}'), "either"],
    // An envelope is none, whatever stands in it besides.
    [
      utf8(
        '{"x-troupe-answer":1,"to":"1","answer":1,"id":"1","route":{"prev":[],"curr":"x-resume","next":[]}}',
      ),
      "id",
    ],
    [utf8(`{"x-troupe-answer":1,"to":"1","answer":${"[".repeat(600)}${"]".repeat(600)}}`), "deep"],
  ];
  for (const [body, says] of bad) assertThrows(() => readAnswer(body), MalformedAnswerError, says);
});

Deno.test("an answer is merged so that nothing of the payload is lost", () => {
  const rows: [payload: string, answer: string, merged: string][] = [
    ['{"n":9007199254740993}', '{"ok":true}', '{"n":9007199254740993,"ok":true}'],
    ['{"n":1,"x":{"y":1,"z":2}}', '{"x":{"y":null},"n":2}', '{"n":2,"x":{"z":2}}'],
    ['{"n":1}', '"yes"', '{"n":1,"answer":"yes"}'],
    ['{"n":1,"answer":"old"}', "null", '{"n":1,"answer":null}'],
    ["[1,-0]", '{"ok":true}', '{"payload":[1,-0],"answer":{"ok":true}}'],
    ["null", "1", '{"payload":null,"answer":1}'],
    ['"text"', '{"a":null}', '{"payload":"text","answer":{"a":null}}'],
  ];
  for (const [payload, answer, merged] of rows) assertEquals(mergeAnswer(payload, answer), merged);
});

Deno.test("squeeze() leaves what is inside of strings", () => {
  assertEquals(squeeze(' { "a b" : " \\" \\\\" ,\n"c":[ 1 , 2 ] } '), '{"a b":" \\" \\\\","c":[1,2]}');
});
