// Retries as an author has them: said in actor.yaml, seen in the sandbox, told by `trace`.

import { assertEquals, assertMatch } from "@std/assert";
import { troupe } from "../mesh_process.ts";
import { actorYaml, TestMesh } from "./_mesh_folder.ts";
import { UpProcess } from "./_up_process.ts";

const FLAKY = `import { get, RetryAfter } from "@troupe/sdk";
class Busy extends Error {}
export function* handle(task) {
  const attempt = (yield get(".status.attempt")) ?? 1;
  if (attempt === 1) throw new Busy("the model is loading");
  if (attempt === 2) throw new RetryAfter(0.01, "soon");
  if (task.hopeless) throw new Busy("it does not load");
  return { attempt };
}
`;
const TRIAGE = `import { get } from "@troupe/sdk";
export function* handle() {
  return { error: yield get(".status.error"), attempt: yield get(".status.attempt") };
}
`;
const RESILIENCY = `  resiliency:
    policies:
      flaky: { initialDelay: 1ms, onExhausted: [triage] }
    rules:
      - { match: [Busy, troupe.RetryAfter], policy: flaky }
`;

Deno.test("an actor fails twice and succeeds, or is given up and another takes over", async () => {
  await using mesh = await TestMesh.make({ flaky: FLAKY, triage: TRIAGE });
  await mesh.writeYaml("flaky", actorYaml("flaky", RESILIENCY));
  await using up = new UpProcess([mesh.dir]);
  await up.says(/^mesh is up: 2 actors/m);
  const send = async (payload: unknown, id: string) => {
    const args = ["send", "flaky,store", JSON.stringify(payload), "--id", id, "--wait", "--data", mesh.data];
    return JSON.parse(await troupe(args)).payload;
  };
  const given = await send({ hopeless: true }, "hopeless");
  assertEquals([given.attempt, given.error.type, given.error.message, given.error.route], [
    0,
    "Busy",
    "it does not load",
    ["store"],
  ]);
  const trace = await troupe(["trace", "hopeless", "--data", mesh.data]);
  assertMatch(
    trace,
    /retried: Busy[^]*retried, attempt 2: troupe\.RetryAfter[^]*rerouted, attempt 3 → triage: Busy/,
  );

  await mesh.write("store", "export const handle = (task) => task;\n");
  await up.says(/store/);
  assertEquals(await send({}, "patient"), { attempt: 3 });
  up.kill("SIGTERM");
  assertEquals(await up.code, 0);
});
