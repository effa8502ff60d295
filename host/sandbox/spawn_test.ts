// What a script in the sandbox can do, when nothing else stands in its way: each attempt by name.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import {
  boundMemory,
  CAN_BOUND_MEMORY,
  residentBytes,
  type Sandbox,
  type SandboxOptions,
  spawnSandbox,
} from "./spawn.ts";

const LINUX = Deno.build.os === "linux";

async function withScript(
  source: string,
  options: SandboxOptions,
  use: (sandbox: Sandbox, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "troupe-sandbox-" });
  try {
    const script = join(folder, "script.js");
    await Deno.writeTextFile(script, source);
    const sandbox = spawnSandbox(script, options);
    try {
      await use(sandbox, folder);
    } finally {
      sandbox.kill();
      await sandbox.ended;
      await sandbox.stderr;
      await sandbox.stdin.abort().catch(() => {});
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function outputOf(source: string, options: SandboxOptions = {}): Promise<string> {
  let output = "";
  await withScript(source, options, async (sandbox) => {
    output = await new Response(sandbox.stdout).text();
    const { code } = await sandbox.ended;
    assertEquals([code, await sandbox.stderr], [0, ""]);
  });
  return output;
}

/** Attempts, and the errors that they have to end with. */
const ATTEMPTS: Record<string, [string, RegExp]> = {
  "read a file": ["await Deno.readTextFile('/etc/hostname')", /NotCapable/],
  "read a file as Node does": ["(await import('node:fs')).readFileSync('/etc/hostname')", /NotCapable/],
  "write a file": ["await Deno.writeTextFile('/tmp/troupe-was-here', '')", /NotCapable/],
  "list a folder": ["[...Deno.readDirSync('.')]", /NotCapable/],
  "connect": ["await Deno.connect({ hostname: '127.0.0.1', port: 8080 })", /NotCapable/],
  "listen": ["Deno.listen({ port: 0 })", /NotCapable/],
  "resolve a name": ["await Deno.resolveDns('localhost', 'A')", /NotCapable/],
  "fetch": ["await fetch('http://127.0.0.1:8080')", /NotCapable/],
  "open a web socket": ["new WebSocket('ws://127.0.0.1:8080')", /NotCapable/],
  "read the environment": ["Deno.env.toObject()", /NotCapable/],
  "read a variable": ["Deno.env.get('PATH')", /NotCapable/],
  "run a program": ["new Deno.Command('/bin/true').outputSync()", /NotCapable/],
  "run a program as Node does": [
    "(await import('node:child_process')).execFileSync('/bin/true')",
    /NotCapable/,
  ],
  "kill": ["Deno.kill(1)", /NotCapable/],
  "load a library": ["Deno.dlopen('libc.so.6', {})", /NotCapable/],
  "ask for permission": [
    "throw new Error((await Deno.permissions.request({ name: 'net' })).state)",
    /denied/,
  ],
  "import from elsewhere": ["await import('https://127.0.0.1/x.js')", /TypeError/],
  "import a file": ["await import('file:///etc/hostname')", /read access/],
  "import a file as text": [
    "await import('file:///etc/hostname', { with: { type: 'text' } })",
    /read access/,
  ],
  "import a package": ["await import('npm:zod')", /TypeError/],
  "keep something in localStorage": ["localStorage.setItem('a', 'b')", /NotADirectory|Error/],
  "keep something in caches": [
    "await (await caches.open('a')).put('http://a', new Response('b'))",
    /NotADirectory|Error/,
  ],
  "know the machine": ["Deno.hostname()", /NotCapable/],
};

Deno.test("code in the sandbox may not do anything", async () => {
  // Each in a module of its own that comes from a blob, as glue does.
  const output = await outputOf(`
    const results = {};
    for (const [what, code] of ${
    JSON.stringify(Object.entries(ATTEMPTS).map(([what, [code]]) => [what, code]))
  }) {
      const url = URL.createObjectURL(new Blob(["export default async () => { " + code + " }"], { type: "text/javascript" }));
      try { await (await import(url)).default(); results[what] = "done"; }
      catch (error) { results[what] = error.name + ": " + error.message; }
    }
    console.log(JSON.stringify(results));`);
  const results: Record<string, string> = JSON.parse(output);
  for (const [what, [, expected]] of Object.entries(ATTEMPTS)) {
    assertMatch(results[what] ?? "nothing", expected, what);
  }
});

Deno.test("its environment holds nothing of the host's", async () => {
  // The sandbox may not read it; the kernel shows what the process was given.
  await withScript(
    "console.log('on'); await Deno.stdin.read(new Uint8Array(1));",
    {},
    async ({ pid, stdout }) => {
      const reader = stdout.getReader();
      await reader.read();
      if (LINUX) {
        const given = (await Deno.readTextFile(`/proc/${pid}/environ`)).split("\0").filter(Boolean);
        assertEquals(given.map((variable) => variable.split("=")[0]).sort(), [
          "DENO_DIR",
          "DENO_NO_UPDATE_CHECK",
          "NO_COLOR",
        ]);
      }
      await reader.cancel();
    },
  );
});

Deno.test("nothing that one sandbox keeps is there for the next", async () => {
  const source = `
    const found = [];
    try { found.push(localStorage.getItem("k")); localStorage.setItem("k", "v"); } catch { found.push(null); }
    try { found.push(await caches.has("k")); await caches.open("k"); } catch { found.push(false); }
    console.log(JSON.stringify(found));`;
  for (let n = 0; n < 2; n++) assertEquals((await outputOf(source)).trim(), "[null,false]");
});

Deno.test("it leaves no file beside its script", async () => {
  await withScript("try { localStorage.setItem('a', 'b'); } catch {}", {}, async (sandbox, folder) => {
    await new Response(sandbox.stdout).text();
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["script.js"]);
  });
});

Deno.test("what comes in and goes out: bytes, and the beginning of stderr", async () => {
  const source = `
    for await (const chunk of Deno.stdin.readable) Deno.stdout.writeSync(chunk);
    console.error("e".repeat(1_000_000));
    Deno.exit(3);`;
  await withScript(source, {}, async ({ stdin, stdout, stderr, ended }) => {
    const sent = crypto.getRandomValues(new Uint8Array(60_000));
    const received = new Response(stdout).bytes();
    await ReadableStream.from([sent]).pipeTo(stdin);
    assertEquals(await received, sent);
    assertEquals(await stderr, "e".repeat(16 * 1024));
    assertEquals(await ended, { code: 3, signal: null });
  });
});

Deno.test("it is killed whatever it does, once and again", async () => {
  await withScript("console.log('on'); for (;;);", {}, async ({ stdout, ended, kill }) => {
    const reader = stdout.getReader();
    await reader.read();
    kill();
    kill();
    assertEquals((await ended).signal, "SIGKILL");
    kill();
    await reader.cancel();
  });
});

Deno.test("flags reach the engine", async () => {
  const source = `
    const memory = new WebAssembly.Memory({ initial: 1 });
    let refused = false;
    try { memory.grow(2); } catch { refused = true; }
    console.log(refused, typeof gc);`;
  assertEquals(
    (await outputOf(source, { v8Flags: ["--wasm-max-mem-pages=2", "--expose-gc"] })).trim(),
    "true function",
  );
});

Deno.test({
  name: "it dies with its parent, even while it spins",
  ignore: !LINUX,
  async fn() {
    // A parent of its own, which starts a sandbox that spins, tells its pid, and is killed.
    const parent = `
      import { spawnSandbox } from ${JSON.stringify(import.meta.resolve("./spawn.ts"))};
      const sandbox = spawnSandbox(Deno.args[0]);
      const reader = sandbox.stdout.getReader();
      await reader.read();
      console.log(sandbox.pid);
      await new Promise(() => setInterval(() => {}, 1000));`;
    const folder = await Deno.makeTempDir({ prefix: "troupe-sandbox-" });
    try {
      const [main, script] = [join(folder, "parent.ts"), join(folder, "script.js")];
      await Deno.writeTextFile(main, parent);
      await Deno.writeTextFile(script, "console.log('on'); for (;;);");
      const config = new URL("../../deno.json", import.meta.url).pathname;
      const process = new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--quiet", "--config", config, main, script],
        stdin: "null",
        stdout: "piped",
        stderr: "inherit",
      }).spawn();
      const reader = process.stdout.getReader();
      const pid = Number(new TextDecoder().decode((await reader.read()).value));
      assert(pid > 0 && residentBytes(pid) !== undefined);
      process.kill("SIGKILL");
      await process.status;
      await reader.cancel();
      // The kernel signals it at the latest when the parent is reaped; it then only has to be scheduled.
      while (/^State:\s+[^ZX]/m.test(await statusOf(pid))) {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

async function statusOf(pid: number): Promise<string> {
  try {
    return await Deno.readTextFile(`/proc/${pid}/status`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

Deno.test({
  name: "the kernel bounds its memory: growth fails inside, and the process goes on",
  ignore: !CAN_BOUND_MEMORY,
  async fn() {
    const source = `
      console.log("on");
      await Deno.stdin.read(new Uint8Array(1));
      const grow = (mebibytes) => {
        try { return new WebAssembly.Memory({ initial: 0 }).grow(mebibytes * 16) === 0; } catch { return false; }
      };
      console.log(grow(50), grow(1000), grow(50));`;
    await withScript(source, {}, async ({ pid, stdin, stdout }) => {
      // Once the engine has what it needs: before, it could not even begin.
      const [first, rest] = stdout.tee();
      await first.getReader().read();
      assertEquals(await boundMemory(pid, 200 * 1024 * 1024), true);
      await ReadableStream.from([Uint8Array.of(1)]).pipeTo(stdin);
      assertEquals(await new Response(rest).text(), "on\ntrue false true\n");
    });
  },
});

Deno.test("a process that has ended has no memory, and cannot be bounded", async () => {
  let pid = 0;
  await withScript("", {}, async (sandbox) => {
    pid = sandbox.pid;
    await new Response(sandbox.stdout).text();
    await sandbox.ended;
  });
  assertEquals(residentBytes(pid), undefined);
  assertEquals(await boundMemory(pid, 1), false);
});
