/**
 * The host under attack, as a process of its own: `_host_process.ts QUEUES CACHE`. It runs the actors that it is told to
 * on stdin, one JSON line each, answers on stdout, and logs to stderr, as hosts do.
 *
 * @module
 */

import { Host } from "@troupe/host";
import type { ComponentSource } from "@troupe/host/component";
import { TroupeError } from "@troupe/host/errors";
import { DEFAULT_LIMITS } from "@troupe/host/limits";
import { createLogger, type Logger } from "@troupe/host/observe/logs";
import { NO_METRICS } from "@troupe/host/observe/metrics";
import { type ActorConfig, startReplica } from "@troupe/host/replica";
import type { Stage } from "@troupe/host/stage";
import { startStage, superviseSandboxes } from "@troupe/host/stage/supervisor";
import { openEmbedded } from "@troupe/host/transport/embedded";
import { type Answer, Command, type StartCommand } from "./_host_protocol.ts";
import { worldResolver } from "./_world.ts";

const [queues = "", cacheDir = ""] = Deno.args;
const transport = await openEmbedded({ path: queues });
const logger = createLogger({ format: "json", level: "debug" });
const running = new Map<string, { readonly host: Host; readonly done: Promise<void> }>();
const resolve = worldResolver();
const collect = (globalThis as { gc?: () => void }).gc;

const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream());
let rest = "";
for await (const chunk of lines) {
  const [...whole] = (rest + chunk).split("\n");
  rest = whole.pop() ?? "";
  for (const line of whole) {
    // Not one after another: a component may take long to be prepared.
    answer(Command.parse(JSON.parse(line)));
  }
}
await Promise.all([...running.keys()].map(stop));
await transport.close();

async function answer(command: Command): Promise<void> {
  let body: Omit<Answer, "number">;
  try {
    body = await obey(command);
  } catch (error) {
    body = { code: error instanceof TroupeError ? error.code : "", message: String(error) };
  }
  console.log(JSON.stringify({ number: command.number, ...body } satisfies Answer));
}

async function obey(command: Command): Promise<Omit<Answer, "number">> {
  switch (command.do) {
    case "start":
      await start(command);
      return {};
    case "stop":
      await stop(command.name);
      return {};
    case "pids":
      return { pids: running.get(command.name)?.host.stage.pids() ?? [] };
    case "measure": {
      collect?.();
      const { heapUsed, external } = Deno.memoryUsage();
      return { heapBytes: heapUsed + external, openFiles: [...Deno.readDirSync("/proc/self/fd")].length };
    }
  }
}

async function start(
  { name, runs, isolation, blocking, restore, route, http, ...rest }: StartCommand,
): Promise<void> {
  const grants = { route, ...(http ? { http } : {}) };
  const actor = { name, isolation, grants, limits: { ...DEFAULT_LIMITS, ...rest.limits } };
  const component = sourceOf(runs);
  const host = component
    ? await startReplica({ ...actor, component }, {
      transport,
      logger,
      metrics: NO_METRICS,
      cacheDir,
      restore,
      resolve,
    })
    : await startStaged(actor, { runs, blocking });
  running.set(name, { host, done: host.run() });
}

function sourceOf(runs: StartCommand["runs"]): ComponentSource | undefined {
  if (runs.kind === "component") return { kind: "file", path: runs.path };
  return runs.kind === "download" ? { kind: "https", url: runs.url, sha256: runs.sha256 } : undefined;
}

/** An actor that is past every check of components: glue that somebody smuggled in, or a sandbox that is not ours. */
async function startStaged(
  { name, limits, isolation, grants }: Omit<ActorConfig, "component">,
  { runs, blocking }: Pick<StartCommand, "runs" | "blocking">,
): Promise<Host> {
  const log = logger.child({ actor: name });
  const path = "path" in runs ? runs.path : "";
  const glue = runs.kind === "glue" ? await Deno.readFile(path) : new Uint8Array();
  const options = {
    actor: name,
    component: {
      digest: "",
      glue,
      modules: [],
      baselineOnly: false,
      blocking,
      uses: new Set<string>(),
    },
    limits,
    isolation,
    grants,
    cacheDir,
    ...hooks(log),
  };
  const stage: Stage = await (runs.kind === "glue" ? startStage(options) : superviseSandboxes(options, path));
  const { concurrency } = limits;
  return new Host({ actor: name, transport, stage, logger: log, metrics: NO_METRICS, concurrency });
}

function hooks(log: Logger): Pick<Parameters<typeof startStage>[0], "onLog" | "onFly" | "onEvent"> {
  return {
    onLog: ({ envelopeId, level, message }) => log[level](message, { id: envelopeId, guest: true }),
    onFly: (id, event) => transport.broadcast("fly", new TextEncoder().encode(JSON.stringify({ id, event }))),
    onEvent: (event) => log.debug(`stage: ${event.kind}`, { ...event }),
  };
}

async function stop(name: string): Promise<void> {
  const found = running.get(name);
  running.delete(name);
  await found?.host.stop();
  await found?.done;
}
