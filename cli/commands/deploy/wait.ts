/**
 * Waits until what was deployed works.
 *
 * @module
 */

import {
  Informer,
  type Kind,
  type KubeClient,
  type KubeError,
  type KubeObject,
  type ObjectRef,
  refOf,
} from "@troupe/controller/kube";
import { LiveBlock, terminalOf } from "../../view/live.ts";
import { ACTOR } from "./ours.ts";
import {
  allReady,
  type Progress,
  progressLine,
  progressOfActor,
  progressOfWorkload,
  progressTable,
} from "./progress.ts";
import type { Teller } from "./tell.ts";

/** How often a table is drawn in which nothing has changed but the time, in milliseconds. */
const REDRAW_MS = 1_000;

/** Whether an object is one that has pods of its own. */
export function hasPods({ kind }: KubeObject): boolean {
  return kind === "Deployment" || kind === "StatefulSet";
}

/** What is waited for. */
export interface Awaited {
  readonly namespace: string;
  /** Names of actors. */
  readonly actors: readonly string[];
  /** Objects of the controller and the crew, of which those with pods are waited for. */
  readonly installation: readonly KubeObject[];
}

/** How it is waited. */
export interface WaitOptions {
  readonly timeoutMs: number;
  /** Ends it early. */
  readonly signal: AbortSignal;
  readonly teller: Teller;
}

/** How waiting ended. */
export interface WaitResult {
  readonly end: "ready" | "timeout" | "interrupted";
  readonly all: readonly Progress[];
}

/** Waits until all is ready, the time is over, or somebody does not want to wait any more. */
export async function untilReady(
  client: KubeClient,
  awaited: Awaited,
  { timeoutMs, signal, teller }: WaitOptions,
): Promise<WaitResult> {
  const view = openView(teller);
  const ended = new AbortController();
  const { promise, resolve, reject } = Promise.withResolvers<WaitResult["end"]>();
  const timer = setTimeout(() => resolve("timeout"), timeoutMs);
  const interrupt = () => resolve("interrupted");
  signal.addEventListener("abort", interrupt);
  if (signal.aborted) interrupt();
  const look = () => {
    const all = current();
    if (all === undefined) return;
    view.show(all);
    if (allReady(all)) resolve("ready");
  };
  const follow = ({ apiVersion, kind }: Kind, namespace: string) =>
    new Informer({
      client,
      kind: { apiVersion, kind },
      namespace,
      onChange: look,
      onProblem: (error) => view.problem(error),
    });
  const actors = follow(ACTOR, awaited.namespace);
  const workloads = awaited.installation.filter(hasPods).map(refOf);
  const installed = new Map(
    workloads.map((ref) => [keyOf(ref), { ...ref, namespace: ref.namespace ?? "" }]),
  );
  const followed = new Map([...installed].map(([key, each]) => [key, follow(each, each.namespace)]));
  const informers = [actors, ...followed.values()];
  let known = false;
  const current = (): Progress[] | undefined => {
    if (!known) return undefined;
    return [
      ...workloads.map((ref) =>
        progressOfWorkload(ref, followed.get(keyOf(ref))?.get(ref.name, ref.namespace))
      ),
      ...awaited.actors.map((name) => progressOfActor(name, actors.get(name, awaited.namespace))),
    ];
  };
  const running = informers.map((informer) => informer.run(ended.signal));
  Promise.all(running).catch(reject);
  void Promise.all(informers.map(({ synced }) => synced)).then(() => {
    known = true;
    look();
  });
  try {
    const end = await promise;
    return { end, all: current() ?? [] };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", interrupt);
    ended.abort();
    await Promise.allSettled(running);
    view.end();
  }
}

function keyOf({ kind, namespace }: ObjectRef): string {
  return `${kind} ${namespace}`;
}

/** Shows how it goes. */
interface View {
  show(all: readonly Progress[]): void;
  /** The cluster does not answer, for now. */
  problem(error: KubeError): void;
  end(): void;
}

function openView(teller: Teller): View {
  return !teller.json && Deno.stderr.isTerminal() ? liveView(teller) : lineView(teller);
}

function lineView(teller: Teller): View {
  const said = new Map<string, string>();
  let problem = "";
  return {
    show(all) {
      for (const each of all) {
        const line = progressLine(each, teller.styles);
        if (said.get(each.name) === line) continue;
        said.set(each.name, line);
        if (teller.json) teller.data({ type: "progress", ...each });
        else console.error(line);
      }
    },
    problem({ message }) {
      if (message === problem) return;
      problem = message;
      teller.step({ state: "warn", text: message, advice: "It is tried again." });
    },
    end() {},
  };
}

function liveView({ styles }: Teller): View {
  const block = new LiveBlock(terminalOf(Deno.stderr));
  const since = performance.now();
  let last: readonly Progress[] = [];
  const draw = () => {
    if (last.length === 0) return;
    block.draw(progressTable(last, { ...block.room, styles, elapsedMs: performance.now() - since }));
  };
  const timer = setInterval(draw, REDRAW_MS);
  return {
    show(all) {
      last = all;
      draw();
    },
    problem({ message }) {
      last = [...last.filter(({ name }) => name !== ""), {
        name: "",
        state: "coming",
        reason: "Unreachable",
        message,
        replicas: "",
      }];
      draw();
    },
    end() {
      clearInterval(timer);
      draw();
      block.end();
    },
  };
}
