import { assertEquals } from "@std/assert";
import { type Layer, type LayerName, LAYERS, missingLayers, OPTIONAL } from "./layers.ts";
import { describeMissing, type Launched, readReport, summarize } from "./report.ts";

const NAMES = Object.keys(LAYERS) as LayerName[];
const NOTHING: Launched = { layers: [], omitted: new Map() };

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const on = (name: LayerName): Layer => ({ name, state: "on", why: "" });

Deno.test("every layer is in the table, whatever was reported", () => {
  const table = readReport(bytes([on("oom-score"), on("seccomp")]), NOTHING);
  assertEquals(table?.map(({ name }) => name), NAMES);
  assertEquals(table?.filter(({ state }) => state === "on").map(({ name }) => name), [
    "seccomp",
    "oom-score",
  ]);
  assertEquals(table?.[1]?.why, "the sandbox has not reported it");
  assertEquals(readReport(new Uint8Array(), NOTHING)?.every(({ state }) => state === "off"), true);
});

Deno.test("what the host knows has the last word, but does not put out what is on", () => {
  const omitted = new Map<LayerName, string>([["network-namespace", "no unshare"], ["no-capabilities", "x"]]);
  const own: Layer[] = [
    { name: "network-namespace", state: "off", why: "it sees eth0" },
    on("no-capabilities"),
  ];
  const table = readReport(bytes(own), { layers: [on("cgroup")], omitted });
  const of = (wanted: LayerName) => table?.find(({ name }) => name === wanted);
  assertEquals(of("network-namespace"), { name: "network-namespace", state: "off", why: "no unshare" });
  assertEquals(of("no-capabilities"), on("no-capabilities"));
  assertEquals(of("cgroup"), on("cgroup"));
});

Deno.test("what is no report is none", () => {
  const bad: Uint8Array[] = [
    Uint8Array.of(0xff),
    new TextEncoder().encode("["),
    bytes({}),
    bytes([{ name: "moat", state: "on", why: "" }]),
    bytes([{ name: "seccomp", state: "perhaps", why: "" }]),
    bytes([{ name: "seccomp", state: "off", why: "x".repeat(501) }]),
    bytes(Array(NAMES.length + 1).fill(on("seccomp"))),
  ];
  for (const body of bad) assertEquals(readReport(body, NOTHING), undefined);
});

Deno.test("what has to be there: everything but what another layer does too, or has to be named", () => {
  assertEquals([...OPTIONAL].sort(), ["cgroup", "network-namespace"]);
  assertEquals(missingLayers(NAMES.filter((name) => !OPTIONAL.has(name)).map(on)), []);
  const layers = NAMES.map((name): Layer =>
    name === "seccomp" ? { name, state: "off", why: "an old kernel" } : on(name)
  );
  assertEquals(describeMissing(layers), "seccomp (an old kernel)");
  assertEquals(missingLayers([]).length, NAMES.length - OPTIONAL.size);
});

Deno.test("in one line", () => {
  const off: Layer = { name: "cgroup", state: "off", why: "none was named" };
  assertEquals(summarize([on("seccomp"), on("oom-score"), off]), {
    on: "seccomp, oom-score",
    off: "cgroup (none was named)",
  });
});
