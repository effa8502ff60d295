/**
 * A container without an engine: a process with the image's tree as its root, as the container of a pod would be.
 *
 * It has namespaces of its own for mounts, processes, its name and shared memory; the tree lies below an overlay that is read
 * only; what the pod declares is mounted, and what every runtime mounts (`/proc`, `/sys`, `/dev`). It runs as the pod's user
 * without any capability and cannot gain one. It shares the network, since brokers of tests listen on loopback; and nobody
 * bounds its memory and processor time.
 *
 * @module
 */

import { HOST_ENTRYPOINT, IMAGE_ENV } from "@troupe/host/image/commands";
import { join } from "@std/path";
import type { V1Container, V1PodSpec } from "../../controller/build/kubernetes.ts";
import { type ClusterData, type Mount, mountsOf, startOf } from "./_kubelet.ts";
import { runtimeDefault } from "./_runtime_default.ts";

/** What a runtime sets, where neither image nor pod does. */
const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Becomes the container: takes the tree, a folder, the pod's name and group, mounts, and what to run. */
const RUNTIME = `set -eu
tree=$1 work=$2 name=$3 group=$4; shift 4
mount --make-rprivate /
mount -t tmpfs tmpfs "$work/layers"
root=$work/layers/root
mkdir "$root" "$work/layers/changes" "$work/layers/work"
mount -t overlay overlay -o "lowerdir=$tree,upperdir=$work/layers/changes,workdir=$work/layers/work" "$root"
mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
mount -t sysfs -o ro,nosuid,nodev,noexec sysfs "$root/sys"
mount -t tmpfs -o nosuid,mode=755,size=64k tmpfs "$root/dev"
for device in null zero full random urandom; do
  : >"$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
ln -s /proc/self/fd "$root/dev/fd"
mkdir "$root/dev/shm"
mount -t tmpfs -o nosuid,nodev,noexec,mode=1777,size=64m tmpfs "$root/dev/shm"
mount -o remount,ro "$root/dev"
for file in hosts resolv.conf; do
  : >"$root/etc/$file"
  mount --bind "$work/$file" "$root/etc/$file"
  mount -o remount,bind,ro "$root/etc/$file"
done
while [ "$1" != -- ]; do
  kind=$1 from=$2 to=$root$3; shift 3
  mkdir -p "$to"
  case $kind in
    empty) mount -t tmpfs -o "nosuid,nodev,mode=2777,gid=$group,size=$from" tmpfs "$to";;
    *) mount --bind "$from" "$to"; [ "$kind" = rw ] || mount -o remount,bind,ro "$to";;
  esac
done
shift
hostname "$name"
mount -o remount,ro "$root"
exec python3 -c "$FILTERED" "$work/filter" chroot "$root" "$@"
`;

/** Puts itself below a filter of system calls, and becomes another program. */
const FILTERED = `import ctypes, os, sys
class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p)]
data = open(sys.argv[1], "rb").read()
kept = ctypes.create_string_buffer(data, len(data))
program = Program(len(data) // 8, ctypes.addressof(kept))
if ctypes.CDLL(None, use_errno=True).prctl(22, 2, ctypes.byref(program), 0, 0) != 0:
    raise OSError(ctypes.get_errno(), "the filter is refused")
del os.environ["FILTERED"]
os.execvp(sys.argv[2], sys.argv[2:])
`;

/** What a container is run with. */
export interface ContainerOptions {
  /** The tree of the image. */
  readonly tree: string;
  /** Where volumes are made; gone afterwards. */
  readonly folder: string;
  /** Where volumes are that several containers have. @default beside the others, for this container alone */
  readonly claims?: string;
  readonly cluster: ClusterData;
  /** Address of the cluster's name server. */
  readonly names: string;
  /** The pod's address: one of this machine. */
  readonly ip: string;
  /** The pod's name. @default "pod-1" */
  readonly hostname?: string;
  /** Added to its environment, as the kubelet adds what it knows of the API server. @default nothing */
  readonly env?: Readonly<Record<string, string>>;
  /** Mounted beside what the pod declares, as the account of a pod is. @default nothing */
  readonly mounts?: readonly Mount[];
}

/** A running container. */
export class Container implements AsyncDisposable {
  /** Where its volumes are on the node, by name; not those that are empty. */
  readonly volumes: string;
  readonly #process: Deno.ChildProcess;
  readonly #listening: Promise<unknown>;
  readonly #waiting = new Set<() => void>();
  #text = "";
  #ended = false;

  private constructor(process: Deno.ChildProcess, volumes: string) {
    this.#process = process;
    this.volumes = volumes;
    this.#listening = Promise.all([this.#listen(process.stdout), this.#listen(process.stderr)]).finally(
      () => {
        this.#ended = true;
        this.#wake();
      },
    );
  }

  /** Starts the container of a pod. */
  static async start(pod: V1PodSpec, container: V1Container, options: ContainerOptions): Promise<Container> {
    const { tree, cluster, ip, names, hostname = "pod-1" } = options;
    const work = await Deno.makeTempDir({ dir: options.folder, prefix: "pod-" });
    await Deno.mkdir(join(work, "layers"));
    await Deno.writeFile(join(work, "filter"), runtimeDefault());
    await Deno.writeTextFile(join(work, "hosts"), `127.0.0.1 localhost\n${ip} ${hostname}\n`);
    await Deno.writeTextFile(join(work, "resolv.conf"), `nameserver ${names}\noptions ndots:5\n`);
    const volumesFolder = join(work, "volumes");
    const volumes = await mountsOf(pod, container, {
      ...{ folder: volumesFolder, claims: options.claims, cluster },
    });
    const { env, args } = startOf(container, { cluster, ip });
    const { runAsUser = 0, runAsGroup = 0, fsGroup = 0 } = pod.securityContext ?? {};
    const mounts = [...volumes, ...options.mounts ?? []].flatMap(({ kind, from, to }) => [kind, from, to]);
    const setpriv = [
      ...[
        "/usr/bin/setpriv",
        "--reuid",
        `${runAsUser}`,
        "--regid",
        `${runAsGroup}`,
        "--groups",
        `${fsGroup}`,
      ],
      ...["--no-new-privs", "--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all", "--"],
    ];
    const process = new Deno.Command("unshare", {
      args: [
        ...["--mount", "--pid", "--fork", "--uts", "--ipc", "--"],
        ...["sh", "-c", RUNTIME, "runtime", tree, work, hostname, `${fsGroup}`, ...mounts, "--"],
        ...[...setpriv, ...container.command ?? HOST_ENTRYPOINT, ...args],
      ],
      cwd: "/",
      clearEnv: true,
      env: { PATH, HOME: "/", HOSTNAME: hostname, ...IMAGE_ENV, ...options.env, ...env, FILTERED },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    return new Container(process, volumesFolder);
  }

  /** Everything that it has said. */
  get text(): string {
    return this.#text;
  }

  /** Its first process, by its id outside; 0 before there is one. */
  get pid(): number {
    const { pid } = this.#process;
    return Number(Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`));
  }

  /** Every process that its first one has started and that runs, by their ids outside. */
  get children(): number[] {
    const tasks = [...Deno.readDirSync(`/proc/${this.pid}/task`)];
    return tasks.flatMap(({ name }) =>
      Deno.readTextFileSync(`/proc/${this.pid}/task/${name}/children`).split(" ").filter(Boolean).map(Number)
    );
  }

  /** The first line that contains a text. Rejects when it has ended without it. */
  async line(text: string): Promise<string> {
    for (;;) {
      const line = this.#text.split("\n").slice(0, -1).find((line) => line.includes(text));
      if (line !== undefined) return line;
      if (this.#ended) throw new Error(`it ended without saying ${JSON.stringify(text)}:\n${this.#text}`);
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  /** Signals its first process. */
  kill(signal: Deno.Signal): void {
    Deno.kill(this.pid, signal);
  }

  /** Its exit code, and everything that it said, once it has ended. */
  async end(): Promise<{ readonly code: number; readonly text: string }> {
    const { code } = await this.#process.status;
    await this.#listening;
    return { code, text: this.#text };
  }

  /** Ends it, and everything in it, if it has not ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) {
      // All others end with the first of them; that would outlive who started it, having changed its user since.
      const first = this.pid;
      if (first > 0) Deno.kill(first, "SIGKILL");
      else this.#process.kill("SIGKILL");
    }
    await this.#listening;
    await this.#process.status;
  }

  async #listen(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const part of stream.pipeThrough(new TextDecoderStream())) {
      this.#text += part;
      this.#wake();
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
