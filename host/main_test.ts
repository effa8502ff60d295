import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { envelopeText, read } from "./_host_testing.ts";
import { MainProcess } from "./_main_process_testing.ts";
import { type Bench, take, utf8, withBench } from "./_testing.ts";
import { openSqliteStore } from "./crew/sqlite_store.ts";
import { parseEnvelope } from "./envelope.ts";
import { watComponent } from "./stage/_testing.ts";
import type { Delivery } from "./transport/transport.ts";

const ECHO = { handle: "(call $return (local.get $at) (local.get $length))" };
const SPIN = { handle: "(loop $again (br $again)) (unreachable)" };

/** Writes an actor called `a`, and gives the arguments that run it. */
async function actorArguments({ folder }: Bench, component: Uint8Array): Promise<string[]> {
  await Deno.writeFile(join(folder, "a.wasm"), component);
  const spec = {
    apiVersion: "troupe.dev/v1alpha1",
    kind: "Actor",
    metadata: { name: "a" },
    spec: { component: { file: "a.wasm" } },
  };
  await Deno.writeTextFile(join(folder, "actor.yaml"), JSON.stringify(spec));
  return [join(folder, "actor.yaml"), ...transportArguments({ folder }), "--cache", join(folder, "cache")];
}

const transportArguments = (
  { folder }: Pick<Bench, "folder">,
) => ["--transport", `embedded:${join(folder, "queues.db")}`];

async function get(address: string): Promise<{ status: number; text: string }> {
  const response = await fetch(address);
  return { status: response.status, text: await response.text() };
}

const idOf = (delivery: Delivery | undefined) => read(delivery as Delivery).id;

Deno.test("a replica starts cold, does hops, says how it is, and drains on a signal", async () => {
  await withBench({ queues: [] }, async (bench) => {
    const { transport } = bench;
    const args = [...await actorArguments(bench, await watComponent(ECHO)), "--metrics-port", "0"];
    await using main = new MainProcess(args);
    const address = await main.address();
    const layers = JSON.parse(await main.line('"layers around the sandboxes"'));
    assertEquals([typeof layers.on, typeof layers.off], ["string", "string"]);
    assertStringIncludes(`${layers.on} ${layers.off}`, "seccomp");
    assertEquals(await transport.queues(), ["a", "x-sink", "x-sump"]);
    await transport.publish([{ queue: "a", body: utf8(envelopeText("1", { next: [], payload: { n: 7 } })) }]);
    const [delivery] = await take(transport, "x-sink", 1);
    const { id, status, payload } = read(delivery as Delivery);
    assertEquals([id, status?.phase, payload], ["1", "succeeded", '{"n":7}']);
    assertEquals((await get(`${address}/healthz`)).status, 200);
    assertEquals(await get(`${address}/readyz`), { status: 200, text: '{"status":"ready"}' });
    const { status: metricsStatus, text } = await get(`${address}/metrics`);
    assertEquals(metricsStatus, 200);
    for (
      const sample of [
        'troupe_envelopes_received_total{actor="a"} 1',
        'troupe_hops_total{actor="a",verdict="finished"} 1',
        'troupe_stage_events_total{actor="a",event="child-started"}',
        'troupe_queue_messages{queue="x-sink",state="ready"} 0',
      ]
    ) assertStringIncludes(text, sample);
    main.kill("SIGTERM");
    const { code, stderr } = await main.end();
    assertEquals(code, 0, stderr);
    // Every line is JSON, and none is worse than information.
    const levels = stderr.trim().split("\n").map((line) => JSON.parse(line).level);
    assertEquals(levels.filter((level) => level !== "info"), [], stderr);
  });
});

Deno.test("a signal ends it also while it is starting, as when its broker does not answer", async () => {
  await withBench({ queues: [] }, async (bench) => {
    using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const args = await actorArguments(bench, await watComponent(ECHO));
    const transport = `rabbitmq://127.0.0.1:${silent.addr.port}`;
    await using main = new MainProcess(args.map((arg) => arg.startsWith("embedded:") ? transport : arg));
    using _connection = await silent.accept();
    main.kill("SIGTERM");
    // The system would have ended it with another code; but not the first process of a container.
    const { code, stderr } = await main.end();
    assertEquals(code, 0, stderr);
    assertStringIncludes(stderr, "it ends before it has begun");
  });
});

Deno.test("a first signal takes no more, and finishes what is in hand", async () => {
  await withBench({}, async (bench) => {
    const { transport } = bench;
    await using main = new MainProcess(await actorArguments(bench, await watComponent(ECHO)));
    await main.line("it runs");
    // Held in hand, as nobody has declared where it goes.
    await transport.publish([{ queue: "a", body: utf8(envelopeText("held", { next: ["late"] })) }]);
    await main.line("not published yet");
    main.kill("SIGINT");
    await main.line("draining");
    await transport.publish([{ queue: "a", body: utf8(envelopeText("next")) }]);
    await transport.declare(["late"]);
    assertEquals(idOf((await take(transport, "late", 1))[0]), "held");
    assertEquals((await main.end()).code, 0);
    const [left] = await take(transport, "a", 1);
    assertEquals([idOf(left), left?.deliveries], ["next", 0]);
  });
});

Deno.test("a second signal ends at once, and gives back what is in hand", async () => {
  await withBench({}, async (bench) => {
    const { transport } = bench;
    await using main = new MainProcess(await actorArguments(bench, await watComponent(SPIN)));
    await main.line("it runs");
    await transport.publish([{ queue: "a", body: utf8(envelopeText("spins")) }]);
    while ((await transport.depth("a")).leased === 0);
    main.kill("SIGTERM");
    await main.line("draining");
    main.kill("SIGTERM");
    assertEquals((await main.end()).code, 0);
    const [back] = await take(transport, "a", 1);
    assertEquals([idOf(back), back?.deliveries], ["spins", 0]);
  });
});

Deno.test("the two ends run as processes too, and record what comes to them", async () => {
  await withBench({ queues: [] }, async (bench) => {
    const { transport, folder } = bench;
    const path = join(folder, "results.db");
    const crew = ["x-sink", "x-sump"].map((name) =>
      new MainProcess([
        name,
        ...transportArguments(bench),
        "--store",
        path,
        "--metrics-port",
        "0",
        "--log",
        "text",
      ])
    );
    const [sink, sump] = crew as [MainProcess, MainProcess];
    await using _sink = sink;
    await using _sump = sump;
    await Promise.all(crew.map((member) => member.line("it runs")));
    await transport.publish([
      { queue: "x-sink", body: utf8('{"id":"1","route":{"prev":["a"],"curr":"","next":[]},"payload":7}') },
      { queue: "x-sink", body: utf8("not JSON") },
    ]);
    const store = await openSqliteStore({ path });
    for (let counts = await store.counts(); counts.results + counts.dead < 2;) counts = await store.counts();
    assertEquals((await store.result("1"))?.payload, "7");
    assertEquals((await store.dead()).items.map(({ reason, body }) => [reason, body]), [[
      "troupe.MalformedEnvelope",
      utf8("not JSON"),
    ]]);
    await store.close();
    for (const member of crew) {
      member.kill("SIGTERM");
      assertEquals((await member.end()).code, 0);
    }
    assertMatch(await sink.line("it runs"), /^\d\d:\d\d:\d\d\.\d{3} info .*it runs metricsPort=\d+$/);
  });
});

Deno.test("a crew whose store actors do not have sends large payloads on with their envelopes", async () => {
  await withBench({ queues: ["b"] }, async (bench) => {
    const { transport, folder } = bench;
    const payload = JSON.stringify("x".repeat(400 * 1024));
    // What was not fanned out goes straight through.
    const body = utf8(`{"id":"1","route":{"prev":["a"],"curr":"x-join","next":["b"]},"payload":${payload}}`);
    const onward = async (...options: string[]) => {
      await using main = new MainProcess([
        ...["x-join", ...transportArguments(bench), "--store", join(folder, "results.db"), ...options],
      ]);
      await main.line("it runs");
      await transport.publish([{ queue: "x-join", body }]);
      const [delivery] = await take(transport, "b", 1);
      await delivery?.settle([]);
      return parseEnvelope((delivery as Delivery).body, { maxBytes: body.length + 1024 }).payload;
    };
    assertEquals(await onward(), "null");
    assertEquals(await onward("--no-claims") === payload, true);
  });
});

Deno.test("a command line that is wrong is refused with what is wrong in it, and how it goes", async () => {
  const complete = ["x.yaml", "--transport", "embedded:q.db", "--cache", "c"];
  const cases: [args: string[], words: string[]][] = [
    [[], ["--transport is missing", "TROUPE_TRANSPORT"]],
    [["--transport", "embedded:q.db"], ["What is to be run is missing", "x-sink"]],
    [["x.yaml", "--transport", "embedded:q.db"], ["--cache is missing"]],
    [["x-sink", "--transport", "embedded:q.db", "--cache", "c"], ["--store is missing", "x-sink"]],
    [["x.yaml", "y.yaml", ...complete.slice(1)], ["y.yaml is too much"]],
    [[...complete, "--metrics-port", "http"], ["--metrics-port is a number"]],
    [[...complete, "--metrics-host", "localhost"], ["--metrics-host is an address, such as"]],
    [[...complete, "--metrics-port", "70000"], ["--metrics-port is a number from 0 to 65535"]],
    [[...complete, "--log", "xml"], ["--log is json or text"]],
    [[...complete, "--retention", "soon"], ["--retention is a length of time", "7d"]],
    [[...complete, "--keep-ids", "0d"], ["--keep-ids is a length of time"]],
    [[...complete, "--retention", "20d"], ["--keep-ids is less than --retention"]],
    [[...complete, "--tarnsport", "x"], ["--tarnsport"]],
    [[...complete, "--cache"], ["--cache"]],
  ];
  await Promise.all(cases.map(async ([args, words]) => {
    await using main = new MainProcess(args);
    const { code, stderr, stdout } = await main.end();
    assertEquals([code, stdout], [2, ""], stderr);
    for (const word of ["troupe.Usage: ", ...words, "main.ts ACTOR.yaml"]) assertStringIncludes(stderr, word);
    assert(!stderr.includes(" at file:"), stderr);
  }));
});

Deno.test("--help prints how it goes", async () => {
  await using main = new MainProcess(["--help"]);
  const { code, stdout, stderr } = await main.end();
  assertEquals([code, stderr], [0, ""]);
  for (const word of ["--transport", "--store", "--cache", "--metrics-port", "Exit codes"]) {
    assertStringIncludes(stdout, word);
  }
});

Deno.test("the transport may come from the environment", async () => {
  await withBench({ queues: [] }, async (bench) => {
    const [, address = ""] = transportArguments(bench);
    await using main = new MainProcess(["x-sump", "--store", join(bench.folder, "results.db")], {
      TROUPE_TRANSPORT: address,
    });
    await main.line("it runs");
    assertEquals(await bench.transport.queues(), ["x-join", "x-pause", "x-resume", "x-sink", "x-sump"]);
  });
});

Deno.test("what cannot be run is refused at start, by name, and nothing is taken", async () => {
  await withBench({ queues: ["a"] }, async (bench) => {
    const { transport, folder } = bench;
    await transport.publish([{ queue: "a", body: utf8(envelopeText("1")) }]);
    const CORE_MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
    const EMPTY_COMPONENT = Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0);
    const components: [Uint8Array, code: string][] = [
      [utf8("#!/bin/sh"), "troupe.NotWasm"],
      [CORE_MODULE, "troupe.NotAComponent"],
      [EMPTY_COMPONENT, "troupe.WrongWorld"],
      [
        await watComponent({ handle: "(unreachable)", fields: "(func $start (unreachable)) (start $start)" }),
        "troupe.ComponentStart",
      ],
    ];
    const refused = async (args: string[], code: string, exit = 1) => {
      await using main = new MainProcess(args);
      const { code: exitCode, stderr } = await main.end();
      assertEquals(exitCode, exit, stderr);
      assertMatch(stderr, new RegExp(`^${code.replace(".", "\\.")}: .{20,}`, "m"));
      assert(!stderr.includes(" at file:"), stderr);
      return stderr;
    };
    for (const [component, code] of components) await refused(await actorArguments(bench, component), code);
    const args = await actorArguments(bench, CORE_MODULE);
    await Deno.remove(join(folder, "a.wasm"));
    await refused(args, "troupe.ComponentNotFound");
    await Deno.writeTextFile(join(folder, "actor.yaml"), "kind: Actor\nspec: { componnent: {} }\n");
    assertStringIncludes(await refused(args, "troupe.BadSpec"), "componnent");
    await Deno.remove(join(folder, "actor.yaml"));
    assertStringIncludes(await refused(args, "troupe.Usage", 2), "actor.yaml cannot be read");
    const elsewhere = ["x-sink", "--store", join(folder, "r.db"), "--transport"];
    await refused([...elsewhere, "carrier-pigeon:coo"], "troupe.UnknownTransport");
    await refused([...elsewhere, `embedded:${folder}`], "troupe.SqliteFile");
    await refused(["x-sink", ...transportArguments(bench), "--store", folder], "troupe.SqliteFile");
    const [left] = await take(transport, "a", 1);
    assertEquals([idOf(left), left?.deliveries], ["1", 0]);
  });
});

for (const hostname of ["127.0.0.1", ...(Deno.build.os === "linux" ? ["127.0.0.2"] : [])]) {
  Deno.test(`a port that is taken on ${hostname} is refused before anything is taken`, async () => {
    await withBench({ queues: ["a"] }, async (bench) => {
      const listener = Deno.listen({ hostname, port: 0 });
      const port = String(listener.addr.port);
      await using main = new MainProcess([
        "x-sink",
        ...transportArguments(bench),
        "--store",
        join(bench.folder, "r.db"),
        ...["--metrics-port", port, "--metrics-host", hostname],
      ]);
      const { code, stderr } = await main.end();
      listener.close();
      assertEquals(code, 1);
      assertStringIncludes(stderr, "troupe.PortTaken");
      assertStringIncludes(stderr, port);
    });
  });
}
