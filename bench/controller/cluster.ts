/**
 * A cluster for measurements of the controller: a real API server with what belongs to it, a real broker, KEDA's kinds with a
 * quick writer of their status, and the controller as it ships, under its own account.
 *
 * @module
 */

import type { KubeClient } from "@troupe/controller/kube";
import { RabbitmqServer } from "@troupe/tests/servers/rabbitmq";
import { ControllerSite, installKedaKinds } from "../../tests/cluster/_controller_testing.ts";
import type { LoggedProcess } from "../../tests/cluster/_logged_process.ts";
import { ControlPlane } from "../../tests/cluster/control_plane.ts";
import type { Processes } from "../cpu.ts";
import { QuickKeda } from "./keda.ts";

/**
 * A cluster's own controllers make 20 calls a second each unless they are told otherwise: 1,000 Deployments would take
 * minutes, whoever made them. Here they are not held back, so that it is seen what the controller can do.
 */
const UNBOUND = ["--kube-api-qps=1000", "--kube-api-burst=2000"];
/** As it is shipped, in seconds: see the command line of the controller. */
const LEASE_SECONDS = 15;
/** Pause between two looks at metrics, in milliseconds: nobody tells. */
const LOOK_MS = 100;

/** A running cluster. */
export class BenchCluster implements AsyncDisposable {
  readonly control: ControlPlane;
  readonly broker: RabbitmqServer;
  readonly site: ControllerSite;
  readonly keda: QuickKeda;
  /** The replica that is measured. */
  #controller: LoggedProcess | undefined;

  private constructor(parts: Pick<BenchCluster, "control" | "broker" | "site" | "keda">) {
    this.control = parts.control;
    this.broker = parts.broker;
    this.site = parts.site;
    this.keda = parts.keda;
  }

  /** Starts all but the controller. */
  static async start(): Promise<BenchCluster> {
    const [control, broker] = await Promise.all([
      ControlPlane.start({ flags: { "controller-manager": UNBOUND, scheduler: UNBOUND } }),
      RabbitmqServer.start(),
    ]);
    const site = await ControllerSite.make(control, broker);
    await installKedaKinds(control.client);
    const keda = new QuickKeda(control.client, (error) => console.error(`KEDA's part: ${error}`));
    return new BenchCluster({ control, broker, site, keda });
  }

  /** An administrator. */
  get client(): KubeClient {
    return this.control.client;
  }

  /** The replica that is measured. */
  get controller(): LoggedProcess {
    if (!this.#controller) throw new Error("no controller runs");
    return this.#controller;
  }

  /** Whose seconds of the processor are counted. */
  get processes(): Processes {
    const { control, broker } = this;
    return {
      controller: () => this.#controller ? [this.#controller.pid] : [],
      "API server": () => [control.pid("apiserver")],
      etcd: () => [control.pid("etcd")],
      "other controllers, scheduler, nodes": () =>
        (["controller-manager", "scheduler", "kwok"] as const).map((part) => control.pid(part)),
      broker: () => [broker.pid],
      "this process": () => [Deno.pid],
    };
  }

  /** Starts a replica, as it ships but for its addresses. */
  async replica(identity: string): Promise<LoggedProcess> {
    return await this.site.start(identity, { leaseSeconds: LEASE_SECONDS });
  }

  /** Starts the replica that is measured; resolves when it acts. */
  async startController(identity: string): Promise<void> {
    this.take(await this.replica(identity));
    await this.controller.says("it acts");
  }

  /** Measures this replica from now on. */
  take(controller: LoggedProcess): void {
    this.#controller = controller;
  }

  /** The value of one of the controller's metrics; of all its labels together, or of those with a text in them. */
  async metric(name: string, labels = ""): Promise<number> {
    const { text } = await this.controller.ask("/metrics");
    return text.split("\n").filter((line) => new RegExp(`^${name}[ {]`).test(line) && line.includes(labels))
      .reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
  }

  /** Resolves when it has looked at so many actors since its start, and has nothing in hand. */
  async caughtUp(actors: number): Promise<void> {
    for (;;) {
      const looks = await this.metric("troupe_controller_reconcile_seconds_count");
      if (looks >= actors && await this.metric("troupe_controller_queue_length") === 0) return;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.keda[Symbol.asyncDispose]();
    await this.#controller?.stop();
    await Promise.all([this.control.stop(), this.broker.stop()]);
  }
}
