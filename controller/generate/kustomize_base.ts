/**
 * The base for kustomize: an installation with example settings, in which an overlay puts its own.
 *
 * ConfigMaps are left to kustomize's generator: their names then change with what is in them, and by that the pods.
 *
 * @module
 */

import {
  installation,
  INSTALLATION_LABEL,
  type InstallConfigMap,
  type InstallObject,
  SYSTEM_NAMESPACE,
} from "../install/mod.ts";
import { parseSettings } from "../settings.ts";
import { yamlOf } from "./yaml.ts";

/** A file of the base. */
export interface BaseFile {
  readonly name: string;
  readonly text: string;
}

/** What an overlay changes: the image, and where the broker is. */
const EXAMPLE = `# What an overlay puts its own in the place of: see docs/install.md.
apiVersion: troupe.dev/v1alpha1
kind: ControllerSettings
spec:
  image: registry.example.com/troupe-host:0.1.0
  transports:
    default:
      address: rabbitmq://rabbitmq.rabbitmq.svc
      credentials: { secret: rabbitmq }
`;

/** The files, by what is in them. */
const FILES: readonly (readonly [name: string, holds: (object: InstallObject) => boolean])[] = [
  ["namespace.yaml", ({ kind }) => kind === "Namespace"],
  ["crd.yaml", ({ kind }) => kind === "CustomResourceDefinition"],
  ["crew.yaml", ({ metadata }) => metadata.name.startsWith("troupe-crew")],
  ["rbac.yaml", ({ kind }) => /^ServiceAccount$|Role/.test(kind)],
  ["controller.yaml", () => true],
];

/** The base. */
export function kustomizeBase(): BaseFile[] {
  const objects = installation(parseSettings(EXAMPLE, { file: "settings.yaml" }));
  const files = new Map<string, InstallObject[]>(FILES.map(([name]) => [name, []]));
  const configs: InstallConfigMap[] = [];
  for (const object of objects) {
    if (object.kind === "ConfigMap") configs.push(object as InstallConfigMap);
    else files.get(FILES.find(([, holds]) => holds(object))?.[0] ?? "")?.push(object);
  }
  const kustomization = {
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    resources: [...files.keys()],
    configMapGenerator: configs.map(({ metadata: { name }, data }) => ({
      name,
      namespace: SYSTEM_NAMESPACE,
      ...("settings.yaml" in data
        ? { files: ["settings.yaml"] }
        : { literals: Object.entries(data).map(([name, value]) => `${name}=${value}`) }),
    })),
    generatorOptions: {
      labels: { "app.kubernetes.io/part-of": "troupe", [INSTALLATION_LABEL]: SYSTEM_NAMESPACE },
    },
  };
  return [
    { name: "kustomization.yaml", text: yamlOf([kustomization]) },
    { name: "settings.yaml", text: EXAMPLE },
    ...[...files].map(([name, objects]) => ({ name, text: yamlOf(objects) })),
  ];
}
