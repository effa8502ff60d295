import { assert, assertEquals } from "@std/assert";
import { type Layer, type LayerName, LAYERS } from "@troupe/host/sandbox/hardening/layers";
import { ADVICE } from "./advice.ts";
import { type Diagnosis, diagnosisJson, diagnosisLines } from "./print.ts";

const same = (text: string) => text;
const styles = { bold: same, dim: same, good: same, bad: same, warn: same, name: same };
const NAMES = Object.keys(LAYERS) as LayerName[];

function diagnosis(off: Partial<Record<LayerName, string>>): Diagnosis {
  const layers = NAMES.map((name): Layer => ({
    name,
    state: name in off ? "off" : "on",
    why: off[name] ?? "",
  }));
  return { versions: { troupe: "1", linux: "6.18 (x86_64)" }, layers };
}

Deno.test("for a person: each layer, what to do about what is missing, and the verdict", () => {
  const lines = diagnosisLines(diagnosis({ cgroup: "none was named", "oom-score": "no\u001b[2J" }), styles);
  assertEquals(lines.slice(0, 4), [
    "troupe 1, linux 6.18 (x86_64)",
    "",
    "Layer                State  What it is, or why it is off",
    `seccomp              on     ${LAYERS.seccomp}`,
  ]);
  assert(lines.includes("oom-score            off    no\\x1b[2J"));
  assertEquals(lines.slice(-5), [
    "What to do about those that are off:",
    `- oom-score: ${ADVICE["oom-score"]}`,
    `- cgroup (optional): ${ADVICE.cgroup}`,
    "",
    "Missing for --require-hardening: oom-score.",
  ]);
});

Deno.test("nothing is missing when only what is optional is off", () => {
  const lines = diagnosisLines(diagnosis({ cgroup: "none was named" }), styles);
  assertEquals(lines.at(-1), "Everything is there that --require-hardening asks for.");
});

Deno.test("as JSON", () => {
  const found = JSON.parse(diagnosisJson(diagnosis({ seccomp: "an old kernel", cgroup: "none was named" })));
  assertEquals([found.hardened, found.versions.troupe, found.layers.length], [false, "1", NAMES.length]);
  assertEquals(found.layers[0], { name: "seccomp", state: "off", why: "an old kernel", required: true });
  assertEquals(found.layers.at(-1).required, false);
});
