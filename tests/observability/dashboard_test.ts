import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { METRICS } from "@troupe/host/observe/metrics";
import { z } from "zod";
import { FOLDER, lacksPromtool, promtool, unknownIn } from "./_promtool.ts";

const Datasource = z.strictObject({ type: z.literal("prometheus"), uid: z.literal("${datasource}") });
const GridPos = z.strictObject({
  x: z.int().min(0),
  y: z.int().min(0),
  w: z.int().min(1).max(24),
  h: z.int().min(1),
}).refine(({ x, w }) => x + w <= 24, { error: "it is wider than the page" });
const Target = z.strictObject({
  refId: z.string().regex(/^[A-Z]$/),
  datasource: Datasource,
  expr: z.string().min(1),
  legendFormat: z.string().min(1),
});
const Common = { id: z.int().min(1), title: z.string().min(1), gridPos: GridPos };
const Panel = z.discriminatedUnion("type", [
  z.strictObject({
    ...Common,
    type: z.literal("row"),
    collapsed: z.literal(false),
    panels: z.array(z.never()),
  }),
  ...(["stat", "timeseries"] as const).map((type) =>
    z.strictObject({
      ...Common,
      type: z.literal(type),
      description: z.string().min(10),
      datasource: Datasource,
      fieldConfig: z.strictObject({
        defaults: z.looseObject({ unit: z.enum(["short", "ops", "s", "percentunit"]) }),
        overrides: z.array(z.never()),
      }),
      options: z.looseObject({}),
      targets: z.array(Target).min(1),
    })
  ),
]);
const Variable = z.looseObject({
  name: z.string(),
  type: z.enum(["datasource", "query"]),
  query: z.unknown(),
});
const Dashboard = z.looseObject({
  uid: z.string().max(40),
  title: z.string(),
  schemaVersion: z.int().min(36),
  panels: z.array(Panel),
  templating: z.strictObject({ list: z.array(Variable) }),
  time: z.strictObject({ from: z.string(), to: z.string() }),
});

const dashboard = Dashboard.parse(JSON.parse(await Deno.readTextFile(join(FOLDER, "dashboard.json"))));
const targets = dashboard.panels.flatMap((panel) =>
  panel.type === "row" ? [] : panel.targets.map((target) => ({ panel: panel.title, ...target }))
);
const expressions = targets.map(({ expr }) => expr);

/** An expression with values for Grafana's variables. */
const filledIn = (expr: string) => expr.replaceAll("$__rate_interval", "5m").replaceAll("$actor", "a|b");

Deno.test("panels have ids of their own, and none lies on another", () => {
  assertEquals(new Set(dashboard.panels.map(({ id }) => id)).size, dashboard.panels.length);
  const taken = new Map<string, string>();
  for (const { title, gridPos: { x, y, w, h } } of dashboard.panels) {
    for (let column = x; column < x + w; column++) {
      for (let row = y; row < y + h; row++) {
        const other = taken.get(`${column} ${row}`);
        assert(other === undefined, `${title} lies on ${other}`);
        taken.set(`${column} ${row}`, title);
      }
    }
  }
});

Deno.test("expressions use variables that exist, and ask for nothing that no host has", () => {
  const variables = new Set([...dashboard.templating.list.map(({ name }) => name), "__rate_interval"]);
  for (const { panel, expr, legendFormat } of targets) {
    assertEquals(unknownIn(expr), [], panel);
    for (const [, name = ""] of expr.matchAll(/\$\{?(\w+)/g)) {
      assert(variables.has(name), `${panel}: $${name}`);
    }
    const grouped = [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, labels = ""]) => labels.split(/, */));
    for (const [, label = ""] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) {
      assert(grouped.includes(label), `${panel}: nothing is grouped by ${label}`);
    }
  }
});

Deno.test("every metric of the host is shown", () => {
  const all = expressions.join("\n");
  for (const { name } of Object.values(METRICS)) assert(all.includes(name), `${name} is not shown`);
});

Deno.test({
  name: "promtool reads every expression",
  ignore: lacksPromtool,
  async fn() {
    const rules = expressions.map((expr, i) => ({ record: `panel:expression:${i}`, expr: filledIn(expr) }));
    const file = await Deno.makeTempFile({ prefix: "troupe_dashboard_", suffix: ".yaml" });
    try {
      // JSON is YAML.
      await Deno.writeTextFile(file, JSON.stringify({ groups: [{ name: "dashboard", rules }] }));
      const { ok, output } = await promtool(["check", "rules", file]);
      assert(ok && output.includes(`${expressions.length} rules found`), output);
    } finally {
      await Deno.remove(file);
    }
  },
});
