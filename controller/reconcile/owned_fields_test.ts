import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { APPLIED_ANNOTATION, AppliedMemory, isThere, marked } from "./owned_fields.ts";
import type { KubeObject } from "../kube/mod.ts";

const wanted = marked({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "a", namespace: "shop", labels: { own: "yes" } },
  spec: {
    selector: { matchLabels: { a: "b" } },
    args: ["one", "two"],
    volumes: [{ name: "tmp", emptyDir: { sizeLimit: "1000m" } }],
    containers: [{ name: "host", image: "x", env: [{ name: "A", value: "1" }, { name: "B", value: "" }] }],
    ingress: [],
  },
});

/** As an API server has it: other words, defaults, and what is empty left out. */
const there: KubeObject = {
  ...structuredClone(wanted),
  metadata: { ...structuredClone(wanted.metadata), uid: "1" },
  spec: {
    replicas: 1,
    selector: { matchLabels: { a: "b" } },
    args: ["one", "two"],
    volumes: [{ name: "tmp", emptyDir: { sizeLimit: "1" } }],
    containers: [{
      name: "host",
      image: "x",
      imagePullPolicy: "Always",
      env: [{ name: "A", value: "1" }, { name: "B" }],
    }],
  },
};

type Spec = Record<string, unknown> & {
  containers: Record<string, unknown>[];
  volumes: Record<string, unknown>[];
  args: string[];
  selector: Record<string, unknown>;
};

function edited(edit: (spec: Spec, object: KubeObject) => void): KubeObject {
  const copy = structuredClone(there);
  edit(copy.spec as Spec, copy);
  return copy;
}

Deno.test("the hash is of all that is applied, in whatever order its keys are", () => {
  const { apiVersion, kind, metadata, spec } = wanted;
  const { [APPLIED_ANNOTATION]: hash, ...annotations } = metadata.annotations ?? {};
  const again = { spec, metadata: { ...metadata, annotations: undefined }, kind, apiVersion };
  assertEquals([annotations, marked(again).metadata.annotations?.[APPLIED_ANNOTATION]], [{}, hash]);
  const other = marked({ ...again, spec: { ...spec as Spec, args: [] } });
  assertNotEquals(other.metadata.annotations?.[APPLIED_ANNOTATION], hash);
});

Deno.test("other words of an API server are no difference once they were seen", () => {
  const memory = new AppliedMemory();
  assert(!memory.matches(wanted, there), "at first they are");
  memory.remember(wanted, there);
  assert(memory.matches(wanted, there));
  memory.forget("1");
  assert(!memory.matches(wanted, there));
});

Deno.test("an object is compared whenever it has another version", () => {
  const memory = new AppliedMemory();
  const at = (resourceVersion: string, edit: (spec: Spec, object: KubeObject) => void = () => {}) => {
    const object = edited(edit);
    return { ...object, metadata: { ...object.metadata, resourceVersion } };
  };
  memory.remember(wanted, at("1"));
  assert(memory.matches(wanted, at("1")));
  assert(memory.matches(wanted, at("2", (spec) => spec.replicas = 7)));
  const changed = at("3", ({ selector }) => Object.assign(selector, { matchExpressions: [] }));
  assert(!memory.matches(wanted, changed));
  assert(!memory.matches(wanted, changed), "as long as that is so");
  assert(memory.matches(wanted, at("2", (spec) => spec.replicas = 7)));
});

Deno.test("what is left out because it is empty is no difference", () => {
  assert(isThere({ a: [], b: {}, c: "" }, {}));
  assert(!isThere({ a: false }, {}), "false is not the same as what a cluster takes instead");
});

const OWNED: Record<string, (spec: Spec, object: KubeObject) => void> = {
  "an image is changed": ({ containers }) => Object.assign(containers[0] ?? {}, { image: "y" }),
  "a variable is gone": ({ containers }) => Object.assign(containers[0] ?? {}, { env: [] }),
  "a word is added to arguments": ({ args }) => args.push("three"),
  "a selector is made wider": ({ selector }) => Object.assign(selector, { matchExpressions: [] }),
  "a volume is another": ({ volumes }) => Object.assign(volumes[0] ?? {}, { emptyDir: { sizeLimit: "2" } }),
  "a label is changed": (_, { metadata }) => Object.assign(metadata.labels ?? {}, { own: "no" }),
  "the hash is gone": (_, { metadata }) => metadata.annotations = {},
};

for (const [name, edit] of Object.entries(OWNED)) {
  Deno.test(`a difference: ${name}`, () => {
    const memory = new AppliedMemory();
    memory.remember(wanted, there);
    assert(!memory.matches(wanted, edited(edit)));
  });
}

const FOREIGN: Record<string, (spec: Spec, object: KubeObject) => void> = {
  "replicas": (spec) => spec.replicas = 7,
  "another container": ({ containers }) => containers.unshift({ name: "mesh", image: "z" }),
  "another variable": ({ containers }) => (containers[0]?.env as unknown[]).unshift({ name: "C" }),
  "another label": (_, { metadata }) => Object.assign(metadata.labels ?? {}, { team: "x" }),
  "another owner": (_, { metadata }) => metadata.finalizers = ["x/y"],
};

for (const [name, edit] of Object.entries(FOREIGN)) {
  Deno.test(`no difference: ${name}`, () => {
    const memory = new AppliedMemory();
    memory.remember(wanted, there);
    assert(memory.matches(wanted, edited(edit)));
  });
}
