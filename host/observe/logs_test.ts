import { assert, assertEquals, assertNotMatch, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { TroupeError } from "../errors.ts";
import { createLogger, type Fields, LEVELS, type LoggerOptions, printable } from "./logs.ts";

/** What a logger writes. */
function written(
  options: Omit<LoggerOptions, "write">,
  use: (logger: ReturnType<typeof createLogger>) => void,
): string[] {
  const lines: string[] = [];
  use(createLogger({ ...options, write: (line) => lines.push(line) }));
  return lines;
}

const json = (fields: Fields, message = "m") =>
  JSON.parse(written({ format: "json" }, (logger) => logger.info(message, fields))[0] ?? "");
const text = (fields: Fields, message = "m") =>
  written({ format: "text" }, (logger) => logger.info(message, fields))[0] ?? "";

/** Everything that ends a line, moves a cursor, or turns the direction of writing. */
// deno-lint-ignore no-control-regex
const DANGEROUS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

Deno.test("a JSON line has time, level, message and the fields, inherited ones too", () => {
  const lines = written({ format: "json" }, (logger) => {
    logger.child({ actor: "split", id: "1" }).child({ id: "2" }).warn("careful", {
      n: 7,
      deep: { a: [null, true] },
    });
  });
  assertEquals(lines.length, 1);
  const { time, ...rest } = JSON.parse(lines[0] ?? "");
  assertEquals(rest, {
    level: "warn",
    message: "careful",
    actor: "split",
    id: "2",
    n: 7,
    deep: { a: [null, true] },
  });
  assertEquals(new Date(time).toISOString(), time);
});

Deno.test("no field takes the place of what every line has", () => {
  const { level, message } = json({ level: "debug", message: "other", time: "never" });
  assertEquals([level, message], ["info", "m"]);
});

Deno.test("lines below the level are not written", () => {
  for (const [i, level] of LEVELS.entries()) {
    const lines = written(
      { format: "json", level },
      (logger) => LEVELS.forEach((level) => logger[level](level)),
    );
    assertEquals(lines.map((line) => JSON.parse(line).message), LEVELS.slice(i));
  }
  const byDefault = written({ format: "json" }, (logger) => LEVELS.forEach((level) => logger[level](level)));
  assertEquals(byDefault.length, 3);
});

Deno.test("a text line is for people: time, level, actor, message, fields", () => {
  const [line] = written(
    { format: "text" },
    (logger) =>
      logger.child({ actor: "split" }).info("hello", { id: "a-1", n: 7, of: { x: "y z" }, says: "a b" }),
  );
  assertEquals(
    line?.replace(/^\d\d:\d\d:\d\d\.\d{3} /, "T "),
    'T info  split    hello id=a-1 n=7 of={"x":"y z"} says="a b"',
  );
});

Deno.test("colours are written only when asked for", async () => {
  assertNotMatch(text({}), DANGEROUS);
  // In a process of its own: whoever runs the tests may want none for himself (NO_COLOR), for good.
  const { NO_COLOR: _, ...env } = Deno.env.toObject();
  const logs = JSON.stringify(import.meta.resolve("./logs.ts"));
  const code =
    `import { createLogger } from ${logs}; createLogger({ format: "text", colors: true }).error("m");`;
  const { stderr } = await new Deno.Command(Deno.execPath(), { args: ["eval", code], clearEnv: true, env })
    .output();
  assertStringIncludes(new TextDecoder().decode(stderr), "\u001b[");
});

Deno.test("whatever a guest says, in a message or a field, a line stays one line and does nothing to a terminal", () => {
  const nasty = fc.string({
    unit: fc.oneof(
      fc.constantFrom(
        "\n",
        "\r",
        "\u001b",
        "\u009b",
        "\u0007",
        "\u0085",
        "\u2028",
        "\u2029",
        "\u202e",
        "\u2066",
        "\0",
      ),
      fc.string({ minLength: 1, maxLength: 1, unit: "binary" }),
    ),
  });
  fc.assert(fc.property(nasty, nasty, nasty, (message, value, key) => {
    const fields = { value, actor: value, nested: [{ [key]: value }], error: new Error(value), [key]: 1 };
    assertNotMatch(text(fields, message), DANGEROUS);
    const [line] = written({ format: "json" }, (logger) => logger.info(message, fields));
    assertNotMatch(line ?? "", DANGEROUS);
    assertEquals(JSON.parse(line ?? "").message, message);
  }));
});

Deno.test("printable() shows what it takes out", () => {
  assertEquals(printable("a\nb\u001b[31m\u0085\u202e"), "a⏎b\\u001b[31m\\u0085\\u202e");
  assertEquals(printable("é 漢 😀"), "é 漢 😀");
});

Deno.test("fields that are named like secrets are not written, at any depth, in either format", () => {
  const secrets = [
    "password",
    "PASSWORD",
    "dbPassword",
    "passwd",
    "passphrase",
    "secret",
    "clientSecret",
    "token",
    "accessToken",
    "authorization",
    "Authorization",
    "api_key",
    "apiKey",
    "x-api-key",
    "credentials",
    "private_key",
  ];
  for (const name of secrets) {
    const fields = { [name]: "hunter2", deep: [{ [name]: { value: "hunter2" } }] };
    for (const line of [JSON.stringify(json(fields)), text(fields)]) {
      assert(!line.includes("hunter2"), `${name}: ${line}`);
      assertStringIncludes(line, "[redacted]");
    }
  }
  const plain = { passed: 1, tokens: 2, keys: 3, author: "x" };
  const { level: _level, message: _message, time: _time, ...kept } = json(plain);
  assertEquals(kept, plain);
});

Deno.test("addresses lose the user and the password in them, wherever they stand", () => {
  const address = "amqps://guest:s3cr@et@broker.example:5671/vhost";
  const shown = "amqps://[redacted]@broker.example:5671/vhost";
  const cause = new Error(`no route to ${address}`);
  const fields = {
    url: address,
    list: [address],
    at: new URL(address.replace("@et", "et")),
    error: new Error(address, { cause }),
  };
  const line = JSON.stringify(json(fields, `connecting to ${address}`)) +
    text(fields, `connecting to ${address}`);
  assert(!/guest|s3cr|et@/.test(line), line);
  assertEquals(json({}, `connecting to ${address}`).message, `connecting to ${shown}`);
  assertEquals(json({ url: "https://example.org/a@b?c=d@e" }).url, "https://example.org/a@b?c=d@e");
});

Deno.test("errors are shown with their codes or their stacks, and with what caused them", () => {
  const root = new Error("the disk is full");
  const middle = new TroupeError("troupe.StoreClosed", "system", "the store is closed", { cause: root });
  const { error } = json({ error: new TypeError("cannot record", { cause: middle }) });
  assertEquals([error.name, error.message, error.code], ["TypeError", "cannot record", undefined]);
  assertStringIncludes(error.stack, "logs_test.ts");
  assertEquals([error.cause.name, error.cause.code, error.cause.stack], [
    "TroupeError",
    "troupe.StoreClosed",
    undefined,
  ]);
  assertEquals(error.cause.cause.message, "the disk is full");
  assertEquals(json({ error: new Error("m", { cause: "a text" }) }).error.cause, "a text");
});

Deno.test("errors that hold several are shown with all of them", () => {
  const { error } = json({ error: new AggregateError([new Error("one"), new Error("two")], "both") });
  assertEquals(error.errors.map(({ message }: { message: string }) => message), ["one", "two"]);
});

Deno.test("nothing that is logged makes logging fail, or a line endless", () => {
  const circle: Record<string, unknown> = { name: "circle" };
  circle.self = circle;
  const selfCaused = new Error("m");
  selfCaused.cause = selfCaused;
  const values: [unknown, unknown][] = [
    [circle, {
      name: "circle",
      self: { name: "circle", self: { name: "circle", self: { name: "circle", self: "…" } } },
    }],
    [10n ** 30n, "1000000000000000000000000000000"],
    [new Uint8Array(1e6), "1000000 bytes"],
    ["x".repeat(1e6), "x".repeat(8 * 1024)],
    [Array.from({ length: 1000 }, () => 0), Array.from({ length: 100 }, () => 0)],
    [new Date(0), "1970-01-01T00:00:00.000Z"],
    [new Date(NaN), null],
    [new URL("https://example.org/a"), "https://example.org/a"],
    [NaN, null],
    [null, null],
  ];
  for (const [value, shown] of values) assertEquals(json({ value }).value, shown);
  for (const value of [undefined, () => 1, Symbol("s"), selfCaused, Object.create(null)]) {
    assert(json({ value }).message === "m" && text({ value }).includes("m"));
  }
  const long = json({ error: new Error("x".repeat(1e6)) });
  assert(JSON.stringify(long).length < 64 * 1024, `${JSON.stringify(long).length} characters`);
});
