/**
 * Runs one replica of the controller.
 *
 * @module
 */

import { TroupeError } from "@troupe/host/errors";
import { UsageError } from "@troupe/host/usage_error";
import { createLogger, type Logger } from "@troupe/host/observe/logs";
import { type CommandLine, readCommandLine, USAGE } from "./command_line.ts";
import { FIELD_MANAGER } from "./build/mod.ts";
import { KubeClient, whileLeading } from "./kube/mod.ts";
import { RabbitmqQueues } from "./queues/rabbitmq.ts";
import { runController } from "./reconcile/controller.ts";
import { serveHealth } from "./reconcile/health.ts";
import { ControllerMetrics } from "./reconcile/metrics.ts";
import { parseSettings } from "./settings.ts";

/** Runs until it is told to end. */
async function run(line: CommandLine): Promise<void> {
  const { identity, workers, leaseSeconds } = line;
  const logger = createLogger({ format: line.log });
  const settings = parseSettings(await readFile(line.settings), { file: line.settings });
  await using client = await KubeClient.open({ file: line.kubeconfig, context: line.context });
  await using queues = new RabbitmqQueues(line.brokers);
  const metrics = new ControllerMetrics();
  // Nobody tells that the lease was had after all; but whoever could not have it tries again soon.
  let trouble = { reason: "", at: -Infinity };
  const problem = () => performance.now() - trouble.at < leaseSeconds * 1000 ? trouble.reason : "";
  const health = serveHealth({ metrics, problem }, line.health);
  const end = new AbortController();
  const ignoreSignals = endOnSignal(end, logger);
  try {
    logger.info("it runs, and stands by", { identity, healthPort: health.port });
    await whileLeading(
      {
        client,
        name: FIELD_MANAGER,
        namespace: line.namespace ?? client.namespace,
        identity,
        durationSeconds: leaseSeconds,
        renewMs: leaseSeconds * 1000 / 3,
        retryMs: Math.min(2_000, leaseSeconds * 1000 / 7.5),
        onProblem: (error) => {
          trouble = { reason: error.message, at: performance.now() };
          logger.warn("the lease cannot be had or kept for now", { error });
        },
      },
      async (signal) => {
        logger.info("it acts", { identity });
        metrics.leading.set(1);
        try {
          await runController({ client, settings, queues, logger, metrics, identity, workers }, signal);
        } finally {
          metrics.leading.set(0);
          logger.info("it does not act any more", { identity });
        }
      },
      end.signal,
    );
  } finally {
    ignoreSignals();
    await health.close();
  }
}

async function readFile(file: string): Promise<string> {
  try {
    return await Deno.readTextFile(file);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`${file} cannot be read: ${why}. Name the file with the settings`, { cause });
  }
}

function endOnSignal(end: AbortController, logger: Logger): () => void {
  const onSignal = () => {
    logger.info("it ends");
    end.abort();
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) Deno.addSignalListener(signal, onSignal);
  return () => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) Deno.removeSignalListener(signal, onSignal);
  };
}

if (import.meta.main) {
  try {
    const line = readCommandLine(Deno.args);
    if (line) await run(line);
    else console.log(USAGE);
  } catch (error) {
    if (!(error instanceof TroupeError)) throw error;
    console.error(`${error.code}: ${error.message}`);
    if (error instanceof UsageError) console.error(`\n${USAGE}`);
    Deno.exitCode = error instanceof UsageError ? 2 : 1;
  }
}
