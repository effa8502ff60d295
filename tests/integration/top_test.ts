// `troupe top` beside a mesh that works, on both transports: what it says is what is done.

import { assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { troupe } from "../mesh_process.ts";
import { lacksRabbitmq, RabbitmqServer, withCredentials } from "../servers/rabbitmq.ts";
import { SLOW, TestMesh } from "./_mesh_folder.ts";
import { UpProcess } from "./_up_process.ts";

const MAIN = fromFileUrl(new URL("../../cli/main.ts", import.meta.url));
const ODD = `class Odd extends Error {}
export function handle(task) {
  if (task.ms % 2) throw new Odd("it is odd");
  return task;
}
`;

/** One actor, as `top --json` tells of it. */
interface Told {
  readonly actor: string;
  readonly ready: number;
  readonly done: number;
  readonly restarts: number;
  readonly p50_ms?: number;
  readonly last_error?: { readonly type: string; readonly message: string };
}

/** `troupe top --json`, a picture at a time. */
class Top implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #text: ReadableStreamDefaultReader<string>;
  #rest = "";

  constructor(args: readonly string[]) {
    this.#process = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", MAIN, "top", "--json", "--interval", "300ms", ...args],
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#text = this.#process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** The next picture that fulfils a condition. */
  async shows(condition: (actors: ReadonlyMap<string, Told>) => boolean): Promise<ReadonlyMap<string, Told>> {
    for (;;) {
      const at = this.#rest.indexOf("\n");
      if (at < 0) {
        const { value, done } = await this.#text.read();
        if (done) throw new Error("it has ended");
        this.#rest += value;
        continue;
      }
      const { actors } = JSON.parse(this.#rest.slice(0, at)) as { readonly actors: readonly Told[] };
      this.#rest = this.#rest.slice(at + 1);
      const byName = new Map(actors.map((told) => [told.actor, told]));
      if (condition(byName)) return byName;
    }
  }

  /** Ends it as a person does; gives its exit code. */
  async interrupt(): Promise<number> {
    this.#process.kill("SIGINT");
    while (!(await this.#text.read()).done);
    return (await this.#process.status).code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const status = await Promise.race([this.#process.status, Promise.resolve(undefined)]);
    if (!status) this.#process.kill("SIGKILL");
    await this.#text.cancel();
    await this.#process.status;
  }
}

async function shows(mesh: TestMesh, { up, top }: { up: readonly string[]; top: readonly string[] }) {
  await using process = new UpProcess([mesh.dir, ...up]);
  await process.says(/^mesh is up: 2 actors/m);
  await using watching = new Top(top);
  await watching.shows((actors) => actors.has("slow"));
  const tasks = Array.from({ length: 20 }, () => '{"ms":20}').join("\n");
  await troupe(["send", "slow,odd", "--file", "-", "--data", mesh.data], { stdin: tasks });
  await troupe(["send", "odd", '{"ms":1}', "--data", mesh.data]);
  const told = await watching.shows((actors) =>
    (actors.get("slow")?.done ?? 0) >= 20 && (actors.get("odd")?.done ?? 0) >= 21
  );
  assertEquals([told.get("slow")?.done, told.get("odd")?.done], [20, 21], "as many as were sent");
  assertEquals(told.get("odd")?.last_error?.type, "Odd");
  assertEquals(told.get("odd")?.last_error?.message, "it is odd");
  assertEquals(told.get("slow")?.last_error, undefined);

  const { actor, restarts } = told.get("slow") as Told;
  assertEquals([actor, restarts], ["slow", 0]);
  const children = await Deno.readTextFile(`/proc/${process.pid}/task/${process.pid}/children`);
  for (const pid of children.trim().split(" ")) Deno.kill(Number(pid), "SIGKILL");
  await troupe(["send", "slow", '{"ms":1}', "--wait", "--data", mesh.data]);
  await watching.shows((actors) => (actors.get("slow")?.restarts ?? 0) > 0);
  assertEquals(await watching.interrupt(), 0);
  process.kill("SIGTERM");
  assertEquals(await process.code, 0);
}

Deno.test("beside an embedded mesh, top counts what is done, by actor", async () => {
  await using mesh = await TestMesh.make({ slow: SLOW, odd: ODD });
  await shows(mesh, { up: [], top: ["--data", mesh.data] });
  const once = await troupe(["top", "--once", "--interval", "100ms", "--data", mesh.data]);
  const lines = once.trimEnd().split("\n");
  assertMatch(lines[0] ?? "", /^ACTOR +WAITING/);
  assertEquals(lines.slice(1).map((line) => line.split(/ +/)[0]), ["odd", "slow"]);
});

Deno.test("what top cannot do is said", async () => {
  const folder = await Deno.makeTempDir({ prefix: "troupe_top_" });
  try {
    const run = async (...args: string[]) => {
      const { code, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", MAIN, "top", ...args],
        cwd: folder,
        stdin: "null",
      }).output();
      return { code, stderr: new TextDecoder().decode(stderr) };
    };
    const nowhere = await run("--data", folder);
    assertEquals(nowhere.code, 1);
    assertMatch(nowhere.stderr, /There is no state of a mesh/);
    const often = await run("--data", folder, "--interval", "1ms");
    assertEquals(often.code, 2);
    assertMatch(often.stderr, /100ms/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

if (!lacksRabbitmq()) {
  const server = await RabbitmqServer.start();
  Deno.test.afterAll(() => server.stop());

  Deno.test("on RabbitMQ, top counts what is done, by nothing but an address", async () => {
    await withCredentials(server, async () => {
      await using mesh = await TestMesh.make({ slow: SLOW, odd: ODD });
      const transport = `rabbitmq://127.0.0.1:${server.port}/?namespace=top`;
      await shows(mesh, { up: ["--transport", transport], top: ["--transport", transport] });
    });
  });
}
