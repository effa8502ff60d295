import { assertEquals, assertStringIncludes } from "@std/assert";
import { openTransport } from "@troupe/host/transport/open";
import { join } from "@std/path";
import { runTroupe, temporaryFolder } from "./_testing.ts";

Deno.test("a mesh that runs elsewhere is sent to and looked at by its addresses, and no state is left here", async () => {
  await using folder = await temporaryFolder();
  const cwd = folder.path;
  const elsewhere = join(cwd, "elsewhere");
  await Deno.mkdir(elsewhere);
  const [queues, store] = [`embedded:${join(elsewhere, "mesh.db")}`, join(elsewhere, "results.db")];
  const transport = await openTransport(queues);
  await transport.declare(["a", "x-sink"]);
  const run = async (...args: string[]) => await runTroupe(args, { cwd });

  const sent = await run("send", "a", "{}", "--transport", queues);
  assertEquals(sent.code, 0, sent.stderr);
  assertEquals((await transport.depths()).get("a")?.ready, 1);
  await transport.close();

  const results = await run("results", "--store", store);
  assertEquals(results.code, 0, results.stderr);

  const trace = await run("trace", sent.stdout.trim(), "--store", store);
  assertEquals(trace.code, 1);
  assertStringIncludes(trace.stderr, "with --transport, the queues are looked at too");
  const traced = await run("trace", sent.stdout.trim(), "--store", store, "--transport", queues);
  assertStringIncludes(traced.stderr, "1 for a");

  // What is known here only needs state that is here.
  for (const args of [["results"], ["send", "a", "{}", "--key", "k", "--transport", queues], ["parked"]]) {
    const { code, stderr } = await run(...args);
    assertEquals(code, 1, stderr);
    assertStringIncludes(stderr, "There is no state of a mesh");
  }
  assertEquals(await Array.fromAsync(Deno.readDir(cwd), ({ name }) => name), ["elsewhere"]);
});
