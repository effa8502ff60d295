import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { type LayerName, LAYERS, missingLayers } from "./layers.ts";
import { HardeningMissingError, probeHardening, requireHardening } from "./probe.ts";
import { describeMissing } from "./report.ts";

const NAMES = Object.keys(LAYERS) as LayerName[];

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "troupe-probe-" });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a sandbox is asked, and tells of each layer; insisting fails if, and only if, one is missing", async () => {
  await withFolder(async (folder) => {
    const layers = await probeHardening(folder);
    assertEquals(layers.map(({ name }) => name), NAMES);
    for (const { name, state, why } of layers) assert(state === "on" || why !== "", name);
    if (missingLayers(layers).length === 0) await requireHardening(folder);
    else {
      const error = await assertRejects(() => requireHardening(folder), HardeningMissingError);
      assertStringIncludes(error.message, describeMissing(layers));
    }
  });
});

Deno.test("the error names each layer that is missing, why, and what to read", () => {
  const { code, message } = new HardeningMissingError("seccomp (an old kernel)");
  assertEquals(code, "troupe.HardeningMissing");
  assertStringIncludes(message, "seccomp (an old kernel)");
  assertStringIncludes(message, "docs/hardening.md");
});
