/**
 * What kwok says of the node and of its pods, in the place of a kubelet. Nothing is run.
 *
 * A pod is ready as soon as it has a node, unless its annotation {@linkcode POD_ANNOTATION} says otherwise.
 *
 * @module
 */

/** On a pod: `crashes` has its containers crash again and again, `waits` has it stay as it is. */
export const POD_ANNOTATION = "test.troupe.dev/pod";
/** The only node. */
export const NODE = "node-0";

/** The node, as it is made. */
export const NODE_OBJECT = {
  apiVersion: "v1",
  kind: "Node",
  metadata: { name: NODE, labels: { "kubernetes.io/hostname": NODE, "kubernetes.io/os": "linux" } },
};

const CONDITIONS = (ready: boolean) =>
  ["Initialized", "PodScheduled", "ContainersReady", "Ready"].map((type, index) => {
    const status = index < 2 || ready ? "True" : "False";
    return `- { type: ${type}, status: "${status}", lastTransitionTime: {{ Now | Quote }} }`;
  }).join("\n");

const CONTAINERS = (ready: boolean, restarts: number, state: string) =>
  `containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: ""
  ready: ${ready}
  started: ${ready}
  restartCount: ${restarts}
  state: ${state}
{{ end }}`;

const NODE_STATUS = `
phase: Running
conditions:
- { type: Ready, status: "True", reason: KubeletReady, lastHeartbeatTime: {{ Now | Quote }}, lastTransitionTime: {{ Now | Quote }} }
allocatable: { cpu: "10000", memory: 10Ti, pods: "100000" }
capacity: { cpu: "10000", memory: 10Ti, pods: "100000" }
addresses:
- { type: InternalIP, address: 127.0.0.1 }
`;

const READY_STATUS = `
phase: Running
startTime: {{ Now | Quote }}
podIP: {{ PodIPWith .spec.nodeName ( or .spec.hostNetwork false ) ( or .metadata.uid "" ) ( or .metadata.name "" ) ( or .metadata.namespace "" ) | Quote }}
conditions:
${CONDITIONS(true)}
${CONTAINERS(true, 0, "{ running: { startedAt: {{ Now | Quote }} } }")}
`;

const CRASHED_STATUS = `
phase: Running
startTime: {{ Now | Quote }}
conditions:
${CONDITIONS(false)}
${
  CONTAINERS(
    false,
    3,
    '{ waiting: { reason: CrashLoopBackOff, message: "back-off 40s restarting failed container" } }',
  )
}
`;

const PENDING = [
  { key: ".metadata.deletionTimestamp", operator: "DoesNotExist" },
  { key: ".status.phase", operator: "In", values: ["Pending"] },
];
const ANNOTATION = `.metadata.annotations["${POD_ANNOTATION}"]`;

const stage = (name: string, kind: string, matchExpressions: readonly unknown[], next: unknown) => ({
  apiVersion: "kwok.x-k8s.io/v1alpha1",
  kind: "Stage",
  metadata: { name },
  spec: { resourceRef: { apiGroup: "v1", kind }, selector: { matchExpressions }, next },
});

const STAGES = [
  stage("node-ready", "Node", [{
    key: '.status.conditions.[] | select( .type == "Ready" ) | .status',
    operator: "NotIn",
    values: ["True"],
  }], { statusTemplate: NODE_STATUS }),
  stage("pod-ready", "Pod", [...PENDING, {
    key: ANNOTATION,
    operator: "NotIn",
    values: ["crashes", "waits"],
  }], { statusTemplate: READY_STATUS }),
  stage("pod-crashes", "Pod", [...PENDING, { key: ANNOTATION, operator: "In", values: ["crashes"] }], {
    statusTemplate: CRASHED_STATUS,
  }),
  stage("pod-deleted", "Pod", [{ key: ".metadata.deletionTimestamp", operator: "Exists" }], {
    delete: true,
  }),
];

/** kwok's configuration file. */
export function kwokConfig(): string {
  return STAGES.map((each) => JSON.stringify(each)).join("\n---\n");
}
