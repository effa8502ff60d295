/**
 * A container of a pod as a process of this machine: with the command, the arguments, the environment and the files that a
 * kubelet would give it, all read from the API server. Its image is this repository.
 *
 * @module
 */

import type { KubeClient, KubeObject } from "@troupe/controller/kube";
import { decodeBase64 } from "@std/encoding/base64";
import { dirname, fromFileUrl, join } from "@std/path";
import { z } from "zod";
import { PROGRAM_FOLDER } from "@troupe/host/image/commands";
import { freePort, serverFolder, ServerProcess } from "../servers/_process.ts";
import { LoggedProcess } from "./_logged_process.ts";

const ROOT = fromFileUrl(new URL("../..", import.meta.url));

const Items = z.array(z.object({ key: z.string(), path: z.string() })).optional();
const EnvVar = z.looseObject({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z.looseObject({
    secretKeyRef: z.object({ name: z.string(), key: z.string() }).optional(),
    fieldRef: z.looseObject({ fieldPath: z.string() }).optional(),
  }).optional(),
});
const Container = z.looseObject({
  name: z.string(),
  command: z.array(z.string()).default([]),
  args: z.array(z.string()).default([]),
  env: z.array(EnvVar).default([]),
  envFrom: z.array(z.looseObject({ configMapRef: z.looseObject({ name: z.string() }) })).default([]),
  ports: z.array(z.looseObject({ containerPort: z.number() })).default([]),
  volumeMounts: z.array(z.looseObject({ name: z.string(), mountPath: z.string() })).default([]),
});
const Volume = z.looseObject({
  name: z.string(),
  configMap: z.looseObject({ name: z.string(), items: Items }).optional(),
  secret: z.looseObject({ secretName: z.string(), items: Items }).optional(),
  projected: z.looseObject({
    sources: z.array(z.looseObject({ secret: z.looseObject({ name: z.string(), items: Items }).optional() })),
  }).optional(),
});
const PodSchema = z.looseObject({
  metadata: z.looseObject({ name: z.string(), namespace: z.string() }),
  spec: z.looseObject({ containers: z.array(Container), volumes: z.array(Volume).default([]) }),
});

/** What the process is given that a pod has otherwise. */
export interface ContainerOptions {
  /** Arguments behind its own, such as those by which it finds the cluster. @default none */
  readonly args?: readonly string[];
  /** Files that Deno may read beyond what its command says. @default none */
  readonly readable?: readonly string[];
}

/** A pod, of which containers can be run. */
export class PodProcesses {
  /** Where its volumes are: a folder that stands for the root of its file system. */
  readonly root: string;
  readonly #client: KubeClient;
  readonly #pod: z.output<typeof PodSchema>;

  private constructor(client: KubeClient, pod: z.output<typeof PodSchema>, root: string) {
    this.#client = client;
    this.#pod = pod;
    this.root = root;
  }

  /** Writes the files of the pod's volumes. */
  static async of(client: KubeClient, pod: KubeObject): Promise<PodProcesses> {
    const made = new PodProcesses(client, PodSchema.parse(pod), await serverFolder("pod"));
    await made.#mount();
    return made;
  }

  /** Starts a container; resolves when it says that it runs. */
  async start(
    name: string,
    { args = [], readable = [] }: ContainerOptions = {},
  ): Promise<LoggedProcess> {
    const container = this.#pod.spec.containers.find((each) => each.name === name);
    if (!container) throw new TypeError(`${this.#pod.metadata.name} has no container ${name}`);
    const env = await this.#environment(container);
    // What a pod has to itself, several have in common here: addresses, and so ports.
    const port = freePort();
    const [declared] = container.ports.map(({ containerPort }) => String(containerPort));
    const given = container.args.map((arg) =>
      arg.replaceAll(/\$\((\w+)\)/g, (whole, variable) => env[variable] ?? whole)
    ).map((arg) => arg === declared ? String(port) : arg);
    const [program = "", ...command] = container.command;
    if (program !== "/usr/bin/deno") throw new TypeError(`${name} runs ${program}`);
    const log = join(this.root, `${name}_${crypto.randomUUID().slice(0, 8)}.log`);
    await Deno.writeTextFile(log, "");
    const home = Deno.env.get("HOME") ?? "";
    const child = new ServerProcess(Deno.execPath(), {
      args: [
        ...command.slice(0, -1).map((part) => this.#flag(part)),
        ...readable.map((path) => `--allow-read=${path}`),
        this.#inRepository(command.at(-1) ?? ""),
        ...given.map((arg) => this.#located(arg)),
        ...args,
      ],
      env: {
        ...Object.fromEntries(Object.entries(env).map(([key, value]) => [key, this.#located(value)])),
        DENO_DIR: Deno.env.get("DENO_DIR") ?? join(home, ".cache/deno"),
        NO_COLOR: "1",
      },
      cwd: ROOT,
      log,
    });
    const running = new LoggedProcess(child, { log, port });
    await running.says("it runs");
    return running;
  }

  /** A path of the pod, here. */
  path(path: string): string {
    return join(this.root, path);
  }

  async #mount(): Promise<void> {
    const { spec: { containers, volumes } } = this.#pod;
    const mounts = new Map(
      containers.flatMap(({ volumeMounts }) => volumeMounts).map(({ name, mountPath }) => [name, mountPath]),
    );
    for (const [name, mountPath] of mounts) {
      const folder = this.path(mountPath);
      await Deno.mkdir(folder, { recursive: true });
      const volume = volumes.find((each) => each.name === name);
      const sources = [
        ...(volume?.secret ? [{ ...volume.secret, name: volume.secret.secretName }] : []),
        ...(volume?.projected?.sources.flatMap(({ secret }) => secret ? [secret] : []) ?? []),
      ];
      for (const { name, items } of sources) await write(folder, await this.#secret(name), items);
      if (volume?.configMap) {
        await write(folder, await this.#configMap(volume.configMap.name), volume.configMap.items);
      }
    }
  }

  async #environment({ env, envFrom }: z.output<typeof Container>): Promise<Record<string, string>> {
    const variables: Record<string, string> = {};
    for (const { configMapRef } of envFrom) {
      Object.assign(variables, await this.#configMap(configMapRef.name));
    }
    for (const { name, value, valueFrom } of env) {
      const ref = valueFrom?.secretKeyRef;
      const found = ref
        ? (await this.#secret(ref.name))[ref.key]
        : valueFrom?.fieldRef?.fieldPath === "status.podIP"
        ? "127.0.0.1"
        : value;
      if (found === undefined) throw new TypeError(`the variable ${name} has no value`);
      variables[name] = found;
    }
    return variables;
  }

  async #configMap(name: string): Promise<Record<string, string>> {
    const { namespace } = this.#pod.metadata;
    const object = await this.#client.get({ apiVersion: "v1", kind: "ConfigMap", name, namespace });
    return z.looseObject({ data: z.record(z.string(), z.string()) }).parse(object).data;
  }

  async #secret(name: string): Promise<Record<string, string>> {
    const { namespace } = this.#pod.metadata;
    const object = await this.#client.get({ apiVersion: "v1", kind: "Secret", name, namespace });
    const { data } = z.looseObject({ data: z.record(z.string(), z.string()) }).parse(object);
    return Object.fromEntries(
      Object.entries(data).map(([key, value]) => [key, new TextDecoder().decode(decodeBase64(value))]),
    );
  }

  /** A text in which folders of the pod are those that stand for them. */
  #located(text: string): string {
    return text.replaceAll(/\/(?:etc|var\/lib)\/troupe/g, (folder) => this.path(folder));
  }

  #flag(flag: string): string {
    // The packages are in the same cache as those of the tests, and not beside the program.
    return flag.startsWith("--allow-read=") || flag.startsWith("--allow-write=") ? this.#located(flag) : flag;
  }

  #inRepository(program: string): string {
    if (!program.startsWith(`${PROGRAM_FOLDER}/`)) throw new TypeError(`the image has no ${program}`);
    return join(ROOT, program.slice(PROGRAM_FOLDER.length));
  }
}

/** Every key as a file, or those that are named, at their paths. */
async function write(
  folder: string,
  data: Readonly<Record<string, string>>,
  items: z.output<typeof Items>,
): Promise<void> {
  for (const { key, path } of items ?? Object.keys(data).map((key) => ({ key, path: key }))) {
    const text = data[key];
    if (text === undefined) throw new TypeError(`there is no entry ${key}`);
    await Deno.mkdir(dirname(join(folder, path)), { recursive: true });
    await Deno.writeTextFile(join(folder, path), text);
  }
}
