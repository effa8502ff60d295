import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { CLOCK_STEP_MS, createWasi, GuestExit, HARMLESS_INTERFACES, type WasiHooks } from "./wasi.ts";

const QUIET: WasiHooks = { stdout: () => {}, stderr: () => {} };

type Fn = (...args: unknown[]) => unknown;
type Class = new () => Record<string, Fn>;

function wasi(hooks: Partial<WasiHooks> = {}) {
  const imports = createWasi({ ...QUIET, ...hooks });
  return (path: string, name: string) => imports[path]?.[name] as Fn;
}

Deno.test("nothing that is not listed can be reached by a name", () => {
  const imports = createWasi(QUIET);
  const names = ["constructor", "__proto__", "toString", "hasOwnProperty", "call", "bind", "apply", "nope"];
  for (const [path, members] of [["imports", imports], ...Object.entries(imports)] as const) {
    for (const name of names) assertEquals(Reflect.get(members, name), undefined, `${path}#${name}`);
    assert(Object.isFrozen(members), path);
  }
  const classes = Object.entries(imports).flatMap(([path, members]) =>
    Object.entries(members).filter(([name]) => /^[A-Z]/.test(name)).map(([name, value]) =>
      [`${path}#${name}`, value as Class] as const
    )
  );
  assert(classes.length >= 8);
  for (const [path, Resource] of classes) {
    for (const name of names) {
      assertEquals(Reflect.get(Resource, name), undefined, `${path}.${name}`);
      assertEquals(Reflect.get(Resource.prototype, name), undefined, `${path}.prototype.${name}`);
    }
    assert(new Resource() instanceof Resource, path);
  }
});

Deno.test("there is no environment, no argument, no file, no terminal", () => {
  const of = wasi();
  assertEquals(of("wasi:cli/environment", "getEnvironment")(), []);
  assertEquals(of("wasi:cli/environment", "getArguments")(), []);
  assertEquals(of("wasi:cli/environment", "initialCwd")(), undefined);
  assertEquals(of("wasi:filesystem/preopens", "getDirectories")(), []);
  for (const stream of ["Stdin", "Stdout", "Stderr"]) {
    assertEquals(of(`wasi:cli/terminal-${stream.toLowerCase()}`, `getTerminal${stream}`)(), undefined);
  }
});

Deno.test("a file that somebody makes up is none", () => {
  const Descriptor = wasi()("wasi:filesystem/types", "Descriptor") as unknown as Class;
  const descriptor = new Descriptor();
  const methods = {
    openAt: "bad-descriptor",
    stat: "bad-descriptor",
    read: "bad-descriptor",
    unlinkFileAt: "read-only",
  };
  for (const [method, code] of Object.entries(methods)) {
    let thrown: unknown;
    try {
      descriptor[method]?.();
    } catch (error) {
      thrown = error;
    }
    assertEquals(thrown, code);
  }
});

Deno.test("stdin is at its end", () => {
  const stdin = wasi()("wasi:cli/stdin", "getStdin")() as Record<string, Fn>;
  let thrown: unknown;
  try {
    stdin.blockingRead?.(1n);
  } catch (error) {
    thrown = error;
  }
  assertEquals(thrown, { tag: "closed" });
});

Deno.test("what is written goes to the hooks, each to its own", () => {
  const written: string[] = [];
  const to = (stream: string) => (bytes: Uint8Array) => {
    written.push(`${stream} ${new TextDecoder().decode(bytes)}`);
  };
  const of = wasi({ stdout: to("out"), stderr: to("err") });
  const out = of("wasi:cli/stdout", "getStdout")() as Record<string, Fn>;
  const err = of("wasi:cli/stderr", "getStderr")() as Record<string, Fn>;
  out.write?.(new TextEncoder().encode("a"));
  err.blockingWriteAndFlush?.(new TextEncoder().encode("b"));
  assertEquals(written, ["out a", "err b"]);
});

Deno.test("exit throws an error of its own", () => {
  const of = wasi();
  assertThrows(() => of("wasi:cli/exit", "exit")({ tag: "ok" }), GuestExit, "exit");
  assertThrows(() => of("wasi:cli/exit", "exitWithCode")(0), GuestExit);
});

Deno.test("clocks go in steps", () => {
  let time = 1_000_000_000_055;
  const of = wasi({ now: () => time });
  const wall = of("wasi:clocks/wall-clock", "now");
  const monotonic = of("wasi:clocks/monotonic-clock", "now");
  const [first, start] = [wall(), monotonic()];
  time += CLOCK_STEP_MS - 56;
  assertEquals(wall(), first);
  assertEquals(monotonic(), start);
  time += 1;
  assertEquals(wall(), { seconds: 1_000_000_000n, nanoseconds: 100_000_000 });
  time += CLOCK_STEP_MS;
  assertEquals(monotonic(), BigInt(CLOCK_STEP_MS) * 1_000_000n);
});

Deno.test("the monotonic clock can begin anew", () => {
  let age = 3 * CLOCK_STEP_MS + 1;
  const monotonic = wasi({ age: () => age })("wasi:clocks/monotonic-clock", "now");
  assertEquals(monotonic(), 3n * BigInt(CLOCK_STEP_MS) * 1_000_000n);
  age = 0;
  assertEquals(monotonic(), 0n);
});

Deno.test("random numbers do not repeat from one instance to the next", () => {
  const names = [
    ["wasi:random/random", "getRandomU64"],
    ["wasi:random/insecure", "getInsecureRandomU64"],
    ["wasi:random/insecure-seed", "insecureSeed"],
  ] as const;
  for (const [path, name] of names) {
    assertNotEquals(String(wasi()(path, name)()), String(wasi()(path, name)()), path);
  }
  const bytes = wasi()("wasi:random/random", "getRandomBytes");
  assertEquals((bytes(200_000n) as Uint8Array).length, 200_000);
  assertNotEquals(bytes(16n), bytes(16n));
});

Deno.test("random numbers come from where the caller says", () => {
  const of = wasi({ random: (bytes) => bytes.fill(1) });
  assertEquals(of("wasi:random/random", "getRandomU64")(), 0x0101010101010101n);
});

Deno.test("a guest cannot have memory filled with random numbers", () => {
  assertThrows(() => wasi()("wasi:random/random", "getRandomBytes")(2n ** 60n), GuestExit);
});

Deno.test("whatever is polled is ready", () => {
  const of = wasi();
  const Pollable = of("wasi:io/poll", "Pollable") as unknown as Class;
  assertEquals(of("wasi:io/poll", "poll")([new Pollable(), new Pollable()]), Uint32Array.of(0, 1));
  const pollable = of("wasi:clocks/monotonic-clock", "subscribeDuration")(1n) as Record<string, Fn>;
  assertEquals(pollable.ready?.(), true);
});

Deno.test("the list of interfaces is what there is", () => {
  assertEquals([...HARMLESS_INTERFACES].sort(), Object.keys(createWasi(QUIET)).sort());
  assert(![...HARMLESS_INTERFACES].some((name) => /sockets|http|keyvalue|config/.test(name)));
});
