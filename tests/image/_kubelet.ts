/**
 * What the kubelet makes of a pod before its containers run: volumes in folders, and environments.
 *
 * @module
 */

import { dirname, join } from "@std/path";
import type { V1Container, V1EnvVar, V1PodSpec, V1Volume } from "../../controller/build/kubernetes.ts";

/** Data of a Secret or a ConfigMap, by key. */
export type Data = Readonly<Record<string, string | Uint8Array>>;

/** What of a cluster pods refer to. */
export interface ClusterData {
  readonly secrets: Readonly<Record<string, Data>>;
  readonly configMaps: Readonly<Record<string, Data>>;
}

/** A mount in the words of the container runtime. */
export interface Mount {
  readonly kind: "ro" | "rw" | "empty";
  /** A folder of the node; of an empty one, its size. */
  readonly from: string;
  readonly to: string;
}

/** Makes the volumes of a pod, below a folder, and says what is to be mounted into a container. */
export async function mountsOf(
  { volumes = [], securityContext: { fsGroup = 0 } = {} }: V1PodSpec,
  container: V1Container,
  { folder, claims = folder, cluster }: {
    readonly folder: string;
    /** Below which volumes are that outlive the container. @default the folder */
    readonly claims?: string | undefined;
    readonly cluster: ClusterData;
  },
): Promise<Mount[]> {
  return await Promise.all((container.volumeMounts ?? []).map(async ({ name, mountPath, readOnly }) => {
    const volume = volumes.find((volume) => volume.name === name);
    if (volume?.emptyDir) return { kind: "empty", from: bytesOf(volume.emptyDir.sizeLimit), to: mountPath };
    const isFiles = volume !== undefined && !volume.persistentVolumeClaim;
    const from = join(isFiles ? folder : claims, name);
    if (isFiles) await fill(from, { files: filesOf(volume, cluster), fsGroup });
    else await claim(from, fsGroup);
    return { kind: readOnly ? "ro" : "rw", from, to: mountPath };
  }));
}

/** The environment of a container, and its arguments with what they refer to. */
export function startOf(
  { env = [], envFrom = [], args = [] }: V1Container,
  { cluster: { secrets, configMaps }, ip }: { readonly cluster: ClusterData; readonly ip: string },
): { readonly env: Record<string, string>; readonly args: string[] } {
  const all = envFrom.map(({ configMapRef }) => texts(configMaps[configMapRef?.name ?? ""]));
  const value = ({ name, value, valueFrom }: V1EnvVar): string => {
    if (value !== undefined) return value;
    const { secretKeyRef, fieldRef } = valueFrom ?? {};
    if (fieldRef?.fieldPath === "status.podIP") return ip;
    const found = texts(secrets[secretKeyRef?.name ?? ""])[secretKeyRef?.key ?? ""];
    if (found === undefined) throw new Error(`there is nothing for ${name}`);
    return found;
  };
  const made: Record<string, string> = Object.assign({}, ...all);
  for (const each of env) made[each.name] = value(each);
  return { env: made, args: args.map((arg) => arg.replaceAll(/\$\((\w+)\)/g, (_, name) => made[name] ?? _)) };
}

interface File {
  readonly path: string;
  readonly data: string | Uint8Array;
  readonly mode: number;
}

type Items = NonNullable<NonNullable<V1Volume["configMap"]>["items"]>;

function filesOf({ configMap, secret, projected }: V1Volume, cluster: ClusterData): File[] {
  if (configMap) {
    return select(cluster.configMaps[configMap.name ?? ""], configMap.items, configMap.defaultMode);
  }
  if (secret) return select(cluster.secrets[secret.secretName ?? ""], secret.items, secret.defaultMode);
  return (projected?.sources ?? []).flatMap(({ secret }) =>
    select(cluster.secrets[secret?.name ?? ""], secret?.items, projected?.defaultMode)
  );
}

function select(data: Data | undefined, items: Items | undefined, mode = 0o644): File[] {
  if (!data) throw new Error("a pod refers to a Secret or ConfigMap that is not there");
  const all = items ?? Object.keys(data).map((key) => ({ key, path: key }));
  return all.map(({ key, path }) => {
    const value = data[key];
    if (value === undefined) throw new Error(`a pod refers to the key ${key}, which is not there`);
    return { path, data: value, mode };
  });
}

/** As the kubelet does it: files lie in a folder that is changed as a whole, and are reached by links. */
async function fill(
  folder: string,
  { files, fsGroup }: { readonly files: readonly File[]; readonly fsGroup: number },
): Promise<void> {
  const version = join(folder, "..2026_01_01_00_00_00.1");
  for (const { path, data, mode } of files) {
    const file = join(version, path);
    await Deno.mkdir(dirname(file), { recursive: true });
    await Deno.writeFile(file, typeof data === "string" ? new TextEncoder().encode(data) : data);
    await Deno.chmod(file, mode | (mode & 0o400) >> 3);
    await Deno.chown(file, 0, fsGroup);
    const [first = ""] = path.split("/");
    await Deno.symlink(`..data/${first}`, join(folder, first)).catch((error) => {
      // Another file of the same folder.
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    });
  }
  await Deno.symlink("..2026_01_01_00_00_00.1", join(folder, "..data"));
}

/** A volume of its own, which the kubelet gives to the pod's group. */
async function claim(folder: string, fsGroup: number): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  await Deno.chown(folder, 0, fsGroup);
  await Deno.chmod(folder, 0o2775);
}

function texts(data: Data = {}): Record<string, string> {
  const decoder = new TextDecoder();
  return Object.fromEntries(
    Object.entries(data).map((
      [key, value],
    ) => [key, typeof value === "string" ? value : decoder.decode(value)]),
  );
}

/** `1Gi`, as a mount takes it. */
function bytesOf(size = "1Gi"): string {
  return size.replace("Gi", "g").replace("Mi", "m");
}
