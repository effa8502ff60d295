/**
 * The commands of the image: one image is the host of every actor, each member of the crew, and the controller.
 *
 * What a process may do in a pod is bounded by the pod: no root, no capabilities, a file system that cannot be written, a
 * policy for its network. Deno's permissions come on top, as few as each needs.
 *
 * @module
 */

/** User and group of every process of the image: nobody. */
export const IMAGE_USER = 65532;
/** Where the program is, in the image. */
export const PROGRAM_FOLDER = "/opt/troupe";
/** The packages that it is made with: `DENO_DIR`. */
export const MODULES_FOLDER: string = `${PROGRAM_FOLDER}/modules`;
/** The sandbox's own code, bundled when the image was built. */
export const SCRIPTS_FOLDER: string = `${PROGRAM_FOLDER}/scripts`;
/** The runtime. */
export const DENO = "/usr/bin/deno";
/** Where pods have what the program reads: settings, specs, secrets. Nothing else is mounted to be read. */
const MOUNTED = "/etc/troupe";
/** Where the kubelet puts the account of a pod. */
const ACCOUNT = "/var/run/secrets/kubernetes.io";

/** Asks nobody, fetches nothing: what is not in the image is not there. */
const RUN: readonly string[] = [DENO, "run", "--quiet", "--no-prompt", "--cached-only", "--no-remote"];

/** What all processes of the image have in their environment, unless the pod says otherwise. */
export const IMAGE_ENV: Readonly<Record<string, string>> = {
  DENO_DIR: MODULES_FOLDER,
  TROUPE_SCRIPTS: SCRIPTS_FOLDER,
  // Deno itself would go to the network, to ask for a newer version.
  DENO_NO_UPDATE_CHECK: "1",
  NO_COLOR: "1",
};

/**
 * What the image runs: the host of an actor. A pod gives the arguments, and no command.
 *
 * It has all of Deno's permissions, because it looks into `/proc`: how much memory and processor time its sandboxes take is
 * there only, and Deno lets nobody read it who lacks any permission. Fewer would not bound it either: it starts Deno, for
 * its sandboxes, and so may start it with any permission. The sandboxes have none.
 */
export const HOST_ENTRYPOINT: readonly string[] = [...RUN, "--allow-all", `${PROGRAM_FOLDER}/host/main.ts`];

/**
 * The controller, as a pod's `command`. It reads what is mounted below `/etc/troupe` and the account of its pod, and
 * connects: to the API server, to brokers, and for those who ask for its health. The rest of its environment, such as
 * proxies, it does not see.
 */
export const CONTROLLER_COMMAND: readonly string[] = [
  ...RUN,
  "--ignore-env",
  "--allow-env=HOSTNAME,KUBERNETES_SERVICE_HOST,KUBERNETES_SERVICE_PORT",
  `--allow-read=${MOUNTED},${ACCOUNT}`,
  "--allow-net",
  `${PROGRAM_FOLDER}/controller/main.ts`,
];

/**
 * A member of the crew, as a pod's `command`. It starts no process and runs no code of anybody's, so it has what it needs
 * and no more: what is mounted, the accounts of clouds and the signs of who asks for a bucket (which stand in the
 * environment, by many names), its own name for records, and the network.
 */
export const CREW_COMMAND: readonly string[] = [
  ...RUN,
  "--allow-env",
  // The last is only looked for.
  `--allow-read=${MOUNTED},/var/run/secrets,/usr/bin/prlimit`,
  // The host's name is in records; what the client of buckets tells of itself, and where it looks for files, the rest.
  "--allow-sys=hostname,osRelease,homedir",
  "--allow-net",
  `${PROGRAM_FOLDER}/host/main.ts`,
];
