import { assertRejects } from "@std/assert";
import { join } from "@std/path";
import { testActor } from "../_testing.ts";
import { componentize } from "./componentize.ts";
import { BuildError } from "../errors.ts";
import { makeKit } from "./kit.ts";
import { NO_NEEDS } from "./needs.ts";
import { makeWorkFolder } from "./work_folder.ts";

const GRAPH = { modules: [], packages: {} };
const LINES = { files: [], runs: [] };

Deno.test("a module that does not end is ended", async () => {
  await using actor = await testActor({ "actor.js": "" });
  await using work = await makeWorkFolder(join(actor.folder, "actor.js"));
  const options = { work, graph: GRAPH, kit: await makeKit(NO_NEEDS, work), loadMs: 200 };
  await assertRejects(
    () => componentize({ text: "for (;;);", lines: LINES }, options),
    BuildError,
    "it takes more than 0.2 s to be loaded",
  );
});

Deno.test("a tool that cannot work is no mistake of the author's", async () => {
  await using actor = await testActor({ "actor.js": "" });
  await using work = await makeWorkFolder(join(actor.folder, "actor.js"));
  const options = {
    work: { ...work, wit: join(work.path, "nowhere") },
    graph: GRAPH,
    kit: await makeKit(NO_NEEDS, work),
  };
  const error = await assertRejects(
    () => componentize({ text: "export const handle = () => {};", lines: LINES }, options),
    BuildError,
  );
  if (error.code !== "troupe.BuildFailed") throw error;
});
