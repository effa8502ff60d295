import { assert, assertEquals } from "@std/assert";
import { built, objectOf, settingsOf, TRANSPORT } from "../build/build_testing.ts";
import type { V1Container, V1PodTemplateSpec } from "../build/kubernetes.ts";
import { readCommandLine } from "../command_line.ts";
import { INSTALLED } from "./golden_testing.ts";
import { installation, INSTALLATION_LABEL, type InstallObject, neededSecrets } from "./mod.ts";

type Labels = Readonly<Record<string, string>>;

interface Pods {
  readonly name: string;
  readonly selector: Labels;
  readonly template: V1PodTemplateSpec;
}

function podsOf(objects: readonly InstallObject[]): Pods[] {
  return objects.flatMap((object) =>
    object.kind === "Deployment" || object.kind === "StatefulSet"
      ? [{
        name: object.metadata.name,
        selector: (object as { spec: { selector: { matchLabels: Labels } } }).spec.selector.matchLabels,
        template: (object as { spec: { template: V1PodTemplateSpec } }).spec.template,
      }]
      : []
  );
}

const matches = (selector: Labels, labels: Labels) =>
  Object.entries(selector).every(([name, value]) => labels[name] === value);
const labelsOf = ({ template }: Pods) => template.metadata?.labels ?? {};
const containersOf = ({ template }: Pods): V1Container[] => template.spec?.containers ?? [];

for (const [name, { settings = {}, ...options }] of Object.entries(INSTALLED)) {
  const read = settingsOf(settings);
  const objects = installation(read, options);
  const pods = podsOf(objects);
  const namespace = options.namespace ?? "troupe-system";

  Deno.test(`${name}: each object is found by its label, and has a name of its own`, () => {
    for (const { kind, metadata } of objects) {
      const { labels } = metadata as { labels: Labels };
      assertEquals(labels[INSTALLATION_LABEL], namespace, `${kind} ${metadata.name}`);
      assertEquals(labels["app.kubernetes.io/part-of"], "troupe", `${kind} ${metadata.name}`);
    }
    const names = objects.map(({ apiVersion, kind, metadata }) => `${apiVersion} ${kind} ${metadata.name}`);
    assertEquals(names.filter((one, i) => names.indexOf(one) !== i), []);
    // What is pruned by that label has no records on it.
    assertEquals(
      JSON.stringify(objects.map((object) => "spec" in object && object.spec)).includes(INSTALLATION_LABEL),
      false,
    );
  });

  Deno.test(`${name}: what pods need is applied before them`, () => {
    const at = (kind: string, name: string | undefined) =>
      objects.findIndex((object) => object.kind === kind && object.metadata.name === name);
    assertEquals(objects[0]?.kind, "Namespace");
    for (const one of pods) {
      const own = objects.findIndex(({ kind, metadata }) =>
        ["Deployment", "StatefulSet"].includes(kind) && metadata.name === one.name
      );
      const before = [
        at("ServiceAccount", one.template.spec?.serviceAccountName),
        ...(one.template.spec?.volumes ?? []).flatMap(({ configMap }) =>
          configMap ? [at("ConfigMap", configMap.name)] : []
        ),
        ...containersOf(one).flatMap(({ envFrom = [] }) =>
          envFrom.map(({ configMapRef }) => at("ConfigMap", configMapRef?.name))
        ),
      ];
      assert(before.every((index) => index > 0 && index < own), `${one.name}: ${before} before ${own}`);
    }
  });

  Deno.test(`${name}: selectors find their own pods, and nobody else's`, () => {
    for (const one of pods) {
      const found = pods.filter((other) => matches(one.selector, labelsOf(other)));
      assertEquals(found.map(({ name }) => name), [one.name]);
    }
    const budgets = objects.flatMap((object) => object.kind === "PodDisruptionBudget" ? [object] : []);
    for (
      const { metadata, spec } of budgets as {
        metadata: { name: string };
        spec: { selector: { matchLabels: Labels } };
      }[]
    ) {
      const found = pods.filter((one) => matches(spec.selector.matchLabels, labelsOf(one)));
      assertEquals(found.map(({ name }) => name), [metadata.name]);
    }
    const policies = objects.flatMap((object) => object.kind === "NetworkPolicy" ? [object] : []);
    for (const one of pods) {
      const bound = (policies as { spec: { podSelector: { matchLabels: Labels } } }[])
        .filter(({ spec }) => matches(spec.podSelector.matchLabels, labelsOf(one)));
      assertEquals(bound.length, 1, one.name);
    }
  });

  Deno.test(`${name}: the Secrets that pods name are those that are said to be needed`, () => {
    const named = new Map<string, Set<string>>();
    const add = (secret: string | undefined, keys: readonly (string | undefined)[]) => {
      const known = named.get(secret ?? "") ?? new Set();
      named.set(secret ?? "", known);
      for (const key of keys) known.add(key ?? "");
    };
    for (const one of pods) {
      for (const { secret, projected } of one.template.spec?.volumes ?? []) {
        if (secret) add(secret.secretName, secret.items?.map(({ key }) => key) ?? []);
        for (const { secret } of projected?.sources ?? []) {
          add(
            secret?.name,
            secret?.items?.map(({ key }) => key) ?? [],
          );
        }
      }
      for (const { valueFrom } of containersOf(one).flatMap(({ env = [] }) => env)) {
        if (valueFrom?.secretKeyRef) add(valueFrom.secretKeyRef.name, [valueFrom.secretKeyRef.key]);
      }
    }
    const found = [...named].map(([name, keys]) => ({ name, keys: [...keys].sort() }));
    assertEquals(found.sort((a, b) => a.name < b.name ? -1 : 1), neededSecrets(read));
  });

  Deno.test(`${name}: Deno lets a container read what is mounted for it, and write where it can be written`, () => {
    for (const { name, command = [], volumeMounts = [] } of pods.flatMap(containersOf)) {
      const allowed = (flag: string) =>
        command.flatMap((part) =>
          part.startsWith(`--allow-${flag}=`) ? part.slice(`--allow-${flag}=`.length).split(",") : []
        );
      const below = (path: string, folders: readonly string[]) =>
        folders.some((folder) => path === folder || path.startsWith(`${folder}/`));
      // SQLite's own files are nothing that Deno knows of.
      for (const { mountPath, readOnly } of volumeMounts.filter(({ mountPath }) => mountPath !== "/tmp")) {
        assert(below(mountPath, allowed("read")), `${name} may read ${mountPath}`);
        if (!readOnly) assert(below(mountPath, allowed("write")), `${name} may write ${mountPath}`);
      }
    }
  });

  Deno.test(`${name}: the controller takes its command line`, () => {
    const [controller] = pods.filter(({ name }) => name === "troupe-controller").flatMap(containersOf);
    const args = (controller?.args ?? []).map((arg) => arg.replace("$(POD_IP)", "10.1.2.3"));
    const line = readCommandLine(args, () => "pod-1");
    assertEquals(line && [line.settings, line.brokers, line.identity, line.health], [
      "/etc/troupe/settings/settings.yaml",
      "/etc/troupe/brokers",
      "pod-1",
      { hostname: "10.1.2.3", port: 8080 },
    ]);
  });
}

Deno.test("the hosts of a mesh and its crew are told of the same queues, store and bucket", () => {
  for (const query of ["", "?namespace=prod"]) {
    const settings = {
      transports: { default: { ...TRANSPORT, address: `${TRANSPORT.address}${query}` } },
      store: { address: "postgres://mesh@postgres.data.svc/shop?sslmode=require" },
      objects: { address: "s3://shop/mesh?region=eu-central-1" },
      crew: { namespaces: ["web-shop"] },
    };
    const host = objectOf(built({ namespace: "web-shop", settings }), "Deployment").spec.template.spec
      ?.containers[0];
    const config = installation(settingsOf(settings)).find(({ kind, metadata }) =>
      kind === "ConfigMap" && metadata.name.startsWith("troupe-crew")
    ) as { data: Readonly<Record<string, string>> } | undefined;
    const told = Object.fromEntries((host?.env ?? []).map(({ name, value }) => [name, value]));
    for (const name of ["TROUPE_TRANSPORT", "TROUPE_STORE", "TROUPE_OBJECTS"]) {
      assert(told[name] !== undefined, name);
      assertEquals(config?.data[name], told[name]);
    }
  }
});

Deno.test("pods are made anew when what they are told changes, and the crew only then", () => {
  const hashes = (settings: Readonly<Record<string, unknown>>) =>
    podsOf(installation(settingsOf(settings))).map(({ template }) =>
      template.metadata?.annotations?.["troupe.dev/settings-hash"]
    );
  const [controller, crew] = hashes({});
  assertEquals(hashes({}), [controller, crew]);
  const [otherController, sameCrew] = hashes({ triggers: ["cron"] });
  assert(otherController !== controller);
  assertEquals(sameCrew, crew);
  const [, otherCrew] = hashes({ objects: { address: "s3://shop" } });
  assert(otherCrew !== crew);
});
