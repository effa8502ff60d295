// The polyglot demo as a person runs it: with the tools of all languages, and with none of them.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { cannotTest } from "@troupe/tests/languages";
import { fromFileUrl, join } from "@std/path";
import { z } from "zod";
import { troupe } from "../mesh_process.ts";

const ROOT = fromFileUrl(new URL("../..", import.meta.url));
const ACTORS = join(ROOT, "actors/examples/polyglot");

const MISSING = (["rust", "go", "python", "c"] as const).map(cannotTest).includes(true);

interface DemoRun {
  readonly code: number;
  /** The tables, with single spaces. */
  readonly out: string[];
  readonly err: string;
}

function demoProcess(args: readonly string[], env: Record<string, string>): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", join(ROOT, "cli/demo/polyglot/main.ts"), ...args],
    cwd: ROOT,
    env: { ...env, NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function runDemo(args: readonly string[], env: Record<string, string> = {}): Promise<DemoRun> {
  const { code, stdout, stderr } = await demoProcess(args, env).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return {
    code,
    out: text(stdout).split("\n").map((line) => line.replaceAll(/ +/g, " ")),
    err: text(stderr),
  };
}

const Result = z.object({
  phase: z.literal("succeeded"),
  reason: z.string(),
  headers: z.looseObject({ topic: z.string().optional(), lang: z.string().optional() }),
  payload: z.looseObject({
    id: z.string(),
    subject: z.string(),
    body: z.string(),
    order: z.looseObject({ number: z.string() }).optional(),
    draft: z.object({ to: z.string(), subject: z.string(), text: z.string() }).optional(),
  }),
});
type Result = z.infer<typeof Result>;

async function resultsIn(data: string): Promise<Result[]> {
  const lines = (await troupe(["results", "--json", "--data", data])).trim().split("\n");
  return lines.map((line) => Result.parse(JSON.parse(line)));
}

function includesLines(run: DemoRun, lines: readonly string[]): void {
  for (const line of lines) {
    assert(run.out.includes(line), `${line} is not in\n${run.out.join("\n")}\n${run.err}`);
  }
}

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "troupe_polyglot_" });
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test({
  name: "five languages triage a mailbox, and each mail is accounted for",
  ignore: MISSING,
  fn: () =>
    inFolder(async (data) => {
      const run = await runDemo(["--data", data]);
      assertEquals(run.code, 0, run.err);
      includesLines(run, [
        "TOPIC MAILS DRAFTS ORDERS CARDS IBANS ENDED AT",
        "orders 14 19 19 0 0 reply 19",
        "billing 9 9 0 6 6 reply 9",
        "outage 6 6 0 0 0 reply 6",
        "other 4 4 0 0 0 reply 4",
        "spam 6 0 0 0 0 classify 6",
        "unreadable 1 0 0 0 0 open 1",
        "all 40 38 19 6 6 classify 6, open 1, reply 38",
        "lost 0",
      ]);
      assert(!run.out.some((line) => line.startsWith("unexpected")), run.out.join("\n"));
      checkMails(await resultsIn(data));
    }),
});

/** What the actors made of the mails, read without the demo's own account. */
function checkMails(results: readonly Result[]): void {
  const byMail = Map.groupBy(results, ({ payload }) => payload.id);
  assertEquals([results.length, byMail.size], [45, 40]);
  const one = (id: string) => {
    const [result, another] = byMail.get(id) ?? [];
    assert(result && !another, id);
    return result;
  };
  const german = one("m02");
  assertEquals(german.payload.subject, "Bestellung Nr. 10232: Lieferung fehlt");
  assertStringIncludes(german.payload.body, "vom 4.11.2026 über 129,00 €");
  assertEquals(german.headers, { ...german.headers, topic: "orders", lang: "de" });
  assertEquals(german.payload.order, { number: "ORD-10232", amount: "129.00 EUR", date: "2026-11-04" });
  assertStringIncludes(
    german.payload.draft?.text ?? "",
    "Bestellung ORD-10232 vom 2026-11-04 (129.00 EUR)",
  );
  assertEquals(one("m05").payload.subject, "Störung im Kundenportal");
  const numbers = (byMail.get("m15") ?? []).map(({ payload }) => payload.order?.number ?? "").sort();
  assertEquals(numbers, ["ORD-10237", "ORD-10238", "ORD-10239"]);
  assert(!one("m08").payload.body.includes("ORD-00000"), "a quote was left in");
  assertStringIncludes(one("m29").payload.body, "[card ..1117]");
  assertStringIncludes(
    one("m34").payload.body,
    "[IBAN NL..00], if there is a refund. Not a card: 4111 1111 1111 1112",
  );
  assertEquals([one("m06").reason, one("m06").payload.draft], ["Aborted", undefined]);
  assertEquals(one("m38").headers.review, "the body is no base64");
}

Deno.test({
  name: "each actor's own tests pass",
  ignore: MISSING,
  async fn() {
    const commands: [folder: string, program: string, ...args: string[]][] = [
      ["open", "cargo", "test", "--quiet"],
      ["redact", "make", "--silent", "test"],
      ["classify", "python3", "-m", "pytest", "-q", "-p", "no:cacheprovider"],
      ["extract", "go", "test", "."],
    ];
    await Promise.all(commands.map(async ([folder, program, ...args]) => {
      const cwd = join(ACTORS, folder);
      // Shared with the tests of the SDK: what is compiled for one is there for the others.
      const env = { CARGO_TARGET_DIR: join(ROOT, "sdk/rust/target") };
      const { success, stdout, stderr } = await new Deno.Command(program, { args, cwd, env }).output();
      const said = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("\n");
      assert(success, `${folder}: ${said}`);
    }));
  },
});

Deno.test("without any compiler it says what installs each, and what is in TypeScript does its part", () =>
  inFolder(async (folder) => {
    const data = join(folder, "data");
    const info = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
    const { denoDir } = z.object({ denoDir: z.string() }).parse(
      JSON.parse(new TextDecoder().decode(info.stdout)),
    );
    const nowhere = { PATH: folder, HOME: folder, CARGO_HOME: folder, GOROOT: folder, WASI_SDK_PATH: "" };
    const env = { ...nowhere, DENO_DIR: denoDir };

    const interrupted = demoProcess(["--data", data], env);
    let said = "";
    for await (const text of interrupted.stderr.pipeThrough(new TextDecoderStream())) {
      if (said === "") interrupted.kill("SIGINT");
      said += text;
    }
    await interrupted.stdout.cancel();
    assertEquals((await interrupted.status).code, 130, said);
    assertStringIncludes(said, "the same command goes on");

    const run = await runDemo(["--data", data], env);
    assertEquals(run.code, 0, run.err);
    for (
      const [actor, command] of [
        ["open (rust)", "rustup target add wasm32-wasip2"],
        ["redact (c)", "python3 -m pip install ziglang"],
        ["classify (python)", "python3 -m pip install componentize-py"],
        ["extract (go)", "apt-get install golang-go"],
      ] as const
    ) {
      const line = run.err.split("\n").find((line) => line.startsWith(`${actor} is left out. `));
      assertStringIncludes(line ?? run.err, command);
    }
    includesLines(run, [
      "open rust left out",
      "unsorted 40 40 0 0 0 reply 40",
      "all 40 40 0 0 0 reply 40",
      "lost 0",
    ]);
    const mails = (await Deno.readTextFile(join(ACTORS, "mails.jsonl"))).trim().split("\n").map((line) =>
      JSON.parse(line)
    );
    const results = await resultsIn(data);
    assertEquals(
      results.map(({ payload }) => [payload.draft?.to, payload.body]).sort(),
      mails.map(({ from, body }) => [from, body]).sort(),
    );

    const bad = join(folder, "bad.jsonl");
    await Deno.writeTextFile(
      bad,
      '{"id":"m1","from":"ada@example.com","body":""}\n{"id":"m2","from":"nobody"}\n',
    );
    const failed = await runDemo([bad, "--data", data], env);
    assertEquals(failed.code, 1, failed.err);
    includesLines(failed, ["unsorted 1 1 0 0 0 reply 1", "lost 0"]);
    assertStringIncludes(failed.out.join("\n"), "unexpected: failed at reply:");
    await Deno.writeTextFile(bad, "[]");
    assertEquals((await runDemo([bad, "--data", data], env)).code, 2);
  }));
