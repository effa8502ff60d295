// The demo as a person runs it: on a folder of documents, killed in the middle, and run again.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { troupe } from "../mesh_process.ts";

const ROOT = fromFileUrl(new URL("../..", import.meta.url));
const DOCUMENTS = 60;
/** One end for each section, attack, and honest envelope after an attack. */
const ATTACKS = 9;

function demoProcess(args: readonly string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", join(ROOT, "cli/demo/main.ts"), ...args],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function runDemo(args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const { code, stdout, stderr } = await demoProcess(args).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

async function inFolder(run: (folder: string, data: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "troupe_demo_" });
  try {
    await Deno.mkdir(join(folder, "documents"));
    await run(join(folder, "documents"), join(folder, "data"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Documents with 1, 2, 3 … sections. @returns How many sections there are in all. */
async function writeDocuments(folder: string): Promise<number> {
  let sections = 0;
  for (let k = 1; k <= DOCUMENTS; k++) {
    const text = Array.from({ length: k }, (_, i) => `# Part ${i}\n\nThe cat number ${k} sat on mat ${i}.\n`);
    await Deno.writeTextFile(join(folder, `document-${k}.md`), text.join("\n"));
    sections += k;
  }
  return sections;
}

Deno.test("killed in the middle and run again, the demo goes on, and each result is there once", async () => {
  await inFolder(async (folder, data) => {
    const sections = await writeDocuments(folder);
    const first = demoProcess([folder, "--data", data]);
    const output = first.stderr.pipeThrough(new TextDecoderStream());
    let said = "";
    for await (const text of output) {
      said += text;
      // One attack is over and the others are not, whatever has become of the documents.
      if (said.includes("rogue tried spin")) break;
    }
    first.kill("SIGKILL");
    await first.stdout.cancel();
    assertEquals((await first.status).signal, "SIGKILL");

    const { code, out, err } = await runDemo([folder, "--data", data]);
    assertEquals(code, 0, err);
    assertStringIncludes(err, "going on with a run that was interrupted");
    const ends = sections + 2 * ATTACKS;
    assertStringIncludes(out, `${DOCUMENTS} documents in`);
    assertStringIncludes(out, `${ends.toLocaleString("en-US")} results, 0 dead`);
    assertStringIncludes(out, `${ATTACKS} of ${ATTACKS}`);
    assertStringIncludes(out, "lost 0");
    const listed = (await troupe(["results", "--json", "--data", data])).trim().split("\n")
      .map((line) => String(JSON.parse(line).id));
    assertEquals([listed.length, new Set(listed).size], [ends, ends]);
  });
});

Deno.test("documents that change while the demo is down are accounted for too", async () => {
  await inFolder(async (folder, data) => {
    await writeDocuments(folder);
    const first = demoProcess([folder, "--data", data]);
    for await (const text of first.stderr.pipeThrough(new TextDecoderStream())) {
      if (text.includes("split runs")) break;
    }
    first.kill("SIGKILL");
    await first.stdout.cancel();
    await first.status;
    for (let k = 1; k <= DOCUMENTS; k += 3) {
      await Deno.writeTextFile(join(folder, `document-${k}.md`), "# Another text\n\nIt was written later.\n");
      await Deno.remove(join(folder, `document-${k + 1}.md`));
    }
    const { code, out, err } = await runDemo([folder, "--data", data]);
    assertEquals(code, 0, out + err);
    assertStringIncludes(out, "lost 0");
  });
});

Deno.test("Ctrl-C ends the demo in order, and says how to go on", async () => {
  await inFolder(async (folder, data) => {
    await writeDocuments(folder);
    const process = demoProcess([folder, "--data", data]);
    let said = "";
    let interrupted = false;
    for await (const text of process.stderr.pipeThrough(new TextDecoderStream())) {
      said += text;
      if (interrupted || !said.includes("rogue tried spin")) continue;
      interrupted = true;
      process.kill("SIGINT");
    }
    await process.stdout.cancel();
    assertEquals((await process.status).code, 130, said);
    assertStringIncludes(said, "the same command goes on");
    assertEquals((await runDemo([folder, "--data", data])).code, 0);
  });
});

Deno.test("files that are no documents are named, and a folder without any is said to be so", async () => {
  await inFolder(async (folder, data) => {
    await Deno.writeFile(join(folder, "picture.md"), Uint8Array.of(1, 0, 2));
    await Deno.writeTextFile(join(folder, "large.txt"), "x".repeat(1024 * 1024));
    const { code, out } = await runDemo([folder, "--data", data]);
    assertEquals(code, 0);
    assertStringIncludes(out, "skipped picture.md: not text");
    assertStringIncludes(out, "skipped large.txt: too large for one envelope");
    assertStringIncludes(out, "no document was found");
    assertStringIncludes(out, "0 documents in");
  });
});

Deno.test("what cannot be run is refused, and leaves nothing behind", async () => {
  await inFolder(async (folder, data) => {
    const missing = await runDemo([join(folder, "missing"), "--data", data]);
    assertEquals(missing.code, 1);
    assertStringIncludes(missing.err, "does not exist");
    assertEquals((await runDemo(["--no-such-option"])).code, 2);
    assertEquals((await runDemo(["--help"])).code, 0);
    const mesh = join(folder, "mesh.db");
    await Deno.writeTextFile(mesh, "somebody's");
    const foreign = await runDemo([folder, "--data", folder]);
    assertEquals([foreign.code, await Deno.readTextFile(mesh)], [2, "somebody's"]);
    assertStringIncludes(foreign.err, "the state of another mesh");
    assert(await Deno.stat(data).then(() => false, () => true), "a state was made");
  });
});
