import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { bytesOf, millisecondsOf, quantityOf, sizeText, timeText } from "./units.ts";

const SIZES: [string, number | undefined][] = [
  ["0", 0],
  ["1000", 1000],
  ["64Ki", 65_536],
  ["128Mi", 134_217_728],
  ["1.5Gi", 1_610_612_736],
  ["2k", 2000],
  ["3M", 3_000_000],
  ["0.5", undefined],
  ["128MB", undefined],
  ["128mi", undefined],
  ["-1", undefined],
  ["1e3", undefined],
  ["", undefined],
  ["Mi", undefined],
  [" 1Mi", undefined],
  ["99999999999999999Gi", undefined],
  ["constructor", undefined],
  ["1constructor", undefined],
];

for (const [text, bytes] of SIZES) {
  Deno.test(`bytesOf(${JSON.stringify(text)}) is ${bytes}`, () => assertEquals(bytesOf(text), bytes));
}

const TIMES: [string, number | undefined][] = [
  ["30s", 30_000],
  ["500ms", 500],
  ["2m", 120_000],
  ["1.5h", 5_400_000],
  ["1m30s", 90_000],
  ["0s", 0],
  ["30", undefined],
  ["30 s", undefined],
  ["s", undefined],
  ["0.0001s", undefined],
  ["-5s", undefined],
  ["1d", undefined],
  ["", undefined],
];

for (const [text, milliseconds] of TIMES) {
  Deno.test(`millisecondsOf(${JSON.stringify(text)}) is ${milliseconds}`, () => {
    assertEquals(millisecondsOf(text), milliseconds);
  });
}

Deno.test("whole numbers of every unit are read exactly", () => {
  const units = { "": 1, k: 1e3, M: 1e6, G: 1e9, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 };
  fc.assert(fc.property(fc.nat(1_000_000), fc.constantFrom(...Object.entries(units)), (n, [unit, factor]) => {
    assertEquals(bytesOf(`${n}${unit}`), n * factor);
  }));
});

Deno.test("sizes and times that are written are read again as they were", () => {
  fc.assert(fc.property(fc.nat({ max: 2 ** 40 }), (number) => {
    assertEquals(bytesOf(sizeText(number)), number);
    assertEquals(millisecondsOf(timeText(number)), number);
  }));
});

const QUANTITIES: [text: string, number: number | undefined][] = [
  ["500m", 0.5],
  ["2", 2],
  ["1.5", 1.5],
  ["1Gi", 1024 ** 3],
  ["1G", 1e9],
  ["2Ei", 2 * 1024 ** 6],
  ["-1", undefined],
  ["1e3", undefined],
  ["constructor", undefined],
  ["1mi", undefined],
  ["", undefined],
];

for (const [text, number] of QUANTITIES) {
  Deno.test(`quantityOf(${JSON.stringify(text)}) is ${number}`, () => assertEquals(quantityOf(text), number));
}
