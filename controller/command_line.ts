/**
 * What the command line of a controller says.
 *
 * @module
 */

import { UsageError } from "@troupe/host/usage_error";
import { isIP } from "node:net";
import { parseArgs } from "node:util";
import { z } from "zod";

/** How it goes. */
export const USAGE = `Makes of Actors what they are to be, in a cluster.

  main.ts --settings FILE --brokers FOLDER

  --settings FILE         the settings of the controller (kind: ControllerSettings)
  --brokers FOLDER        a folder for each transport of the settings, with the files username and
                          password, and ca.crt where it has tls: a mounted Secret
  --namespace NAME        where replicas agree on who acts (the context's, or the pod's own)
  --identity NAME         which replica this is; no two may have the same (HOSTNAME, else made up)
  --kubeconfig FILE       the cluster (KUBECONFIG, ~/.kube/config, or the pod's account)
  --context NAME          one of its contexts (the current one)
  --workers COUNT         for how many actors it works at once (16)
  --lease-seconds COUNT   after how long another replica takes over from one that is silent (15)
  --health-port PORT      serves /livez, /readyz and /metrics; 0 takes any port that is free (8080)
  --health-host ADDRESS   on this address of the machine (127.0.0.1); in a pod 0.0.0.0 or ::
  --log json|text         how log lines look (json)
  --help                  prints this

SIGTERM or SIGINT begins nothing more, cuts calls short (whoever acts next does what is left) and gives the lease back.
Exit codes: 0 it has ended, 1 it cannot run, 2 the command line is wrong.

Permissions of Deno: --ignore-env --allow-env=HOSTNAME,KUBERNETES_SERVICE_HOST,KUBERNETES_SERVICE_PORT; --allow-read of the
settings, the brokers' files and /var/run/secrets/kubernetes.io, or with --kubeconfig of that file; --allow-net of the API
server, the brokers and the health address. Nothing else.
`;

/** What the command line says. */
export interface CommandLine {
  readonly settings: string;
  readonly brokers: string;
  readonly namespace: string | undefined;
  readonly identity: string;
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
  readonly workers: number;
  readonly leaseSeconds: number;
  readonly health: { readonly port: number; readonly hostname: string };
  readonly log: "json" | "text";
}

const count = (option: string, { least, most }: { readonly least: number; readonly most: number }) => {
  const error = `--${option} is a whole number from ${least} to ${most}`;
  return z.string().regex(/^\d{1,9}$/, error).transform(Number).pipe(
    z.number().min(least, error).max(most, error),
  );
};

const Options = z.object({
  settings: z.string("--settings is missing: name the file with the settings").min(1),
  brokers: z.string("--brokers is missing: name the folder with the credentials of the brokers").min(1),
  namespace: z.string().optional(),
  identity: z.string().min(1).max(200).optional(),
  kubeconfig: z.string().optional(),
  context: z.string().optional(),
  workers: count("workers", { least: 1, most: 256 }).default(16),
  "lease-seconds": count("lease-seconds", { least: 3, most: 600 }).default(15),
  "health-port": count("health-port", { least: 0, most: 65_535 }).default(8080),
  "health-host": z.string().refine(
    (text) => isIP(text) !== 0,
    "--health-host is an address, such as 127.0.0.1, 0.0.0.0 or ::",
  ).default("127.0.0.1"),
  log: z.enum(["json", "text"], "--log is json or text").default("json"),
});

const NAMES = Object.keys(Options.shape);

/**
 * Reads it; undefined when it asks for help.
 *
 * @param env The environment, of which `HOSTNAME` is used.
 * @throws {UsageError} with everything that is wrong with it.
 *
 * @example
 * ```ts
 * import { readCommandLine } from "@troupe/controller/command_line";
 * import { assertEquals } from "@std/assert";
 *
 * const read = readCommandLine(["--settings", "settings.yaml", "--brokers", "/etc/brokers"], () => "pod-1");
 * assertEquals([read?.identity, read?.leaseSeconds], ["pod-1", 15]);
 * ```
 */
export function readCommandLine(
  args: readonly string[],
  env: (name: string) => string | undefined = (name) => Deno.env.get(name),
): CommandLine | undefined {
  const values = parse(args);
  if (values.help) return undefined;
  const { data, error } = Options.safeParse(values);
  if (error) throw new UsageError(error.issues.map(({ message }) => message).join("; "));
  const { namespace, kubeconfig, context, workers, log, settings, brokers } = data;
  return {
    ...{ settings, brokers, namespace, kubeconfig, context, workers, log },
    identity: data.identity ?? (env("HOSTNAME") || crypto.randomUUID()),
    leaseSeconds: data["lease-seconds"],
    health: { port: data["health-port"], hostname: data["health-host"] },
  };
}

function parse(args: readonly string[]) {
  const options = Object.fromEntries(NAMES.map((name) => [name, { type: "string" as const }]));
  try {
    const { values } = parseArgs({ args: [...args], options: { ...options, help: { type: "boolean" } } });
    return values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
