/**
 * Every attack of tests/hostile, one at a time to a live mesh: how long it takes to its end, and how long those who come
 * after it then wait. `TROUPE_HOSTILE=TEXT` does only those with the text in their name.
 *
 * @module
 */

import { DEFAULT_LIMITS } from "@troupe/host/limits";
import { type Attack, nameOf, readFamily, type Run, RUNS } from "../tests/hostile/_attack.ts";
import { HostRefusal } from "../tests/hostile/_host.ts";
import { type Ended, HostileMesh, type Sending } from "../tests/hostile/_mesh.ts";
import { type Start, Target } from "../tests/hostile/_target.ts";
import { quantile, type Row } from "./table.ts";

const TIMES = 3;
const HONEST = 50;
/** What actors that behave give back. */
const GOOD = '{"good":1}';
/** Rows of the slowest. */
const SLOWEST = 12;
/** What is aimed at, in milliseconds: where the sandbox lives on, and where a process has to be ended or made. */
const AIM = { lives: 100, process: 500 };

/** What one attack took. */
interface Measured {
  readonly name: string;
  readonly ended: string;
  /** Whether a process was ended for it, or made to look at it. */
  readonly process: boolean;
  /** From the attack to its end, without the time that it is granted; milliseconds, as all here. */
  readonly end: readonly number[];
  /** From its end on: an envelope of the same actor. None where the actor is not taken. */
  readonly same: readonly number[];
  /** From its end on: an envelope of an honest actor. */
  readonly honest: readonly number[];
}

/** Does all attacks. @returns `families`: what each comes to; `slowest`: single ones. */
export async function benchHostile(): Promise<{ readonly families: Row[]; readonly slowest: Row[] }> {
  const families: Row[] = [];
  const all: Measured[] = [];
  for (const run of RUNS) {
    await using mesh = await HostileMesh.open();
    if (families.length === 0) families.push(await honestRow(mesh));
    const measured = await measureRun(run, mesh);
    families.push(...rowsOf(nameOf(run), measured));
    all.push(
      ...measured.map((one) => ({ ...one, name: run.restore === false ? `${one.name}, new` : one.name })),
    );
  }
  const slowest = all.toSorted((a, b) => Math.max(...b.end) - Math.max(...a.end)).slice(0, SLOWEST);
  return {
    families,
    slowest: slowest.map(({ name, end, ended, same }) => ({
      what: name,
      value: halfAndMost(end),
      note: same.length === 0 ? ended : `${ended}, then one of its own ${halfAndMost(same)}`,
    })),
  };
}

/** What the same way costs with nobody on it who means ill. */
async function honestRow(mesh: HostileMesh): Promise<Row> {
  const times: number[] = [];
  for (let n = -HONEST; n < HONEST; n++) {
    const { ms } = await timed(() => serve(mesh, mesh.honest));
    if (n >= 0) times.push(ms);
  }
  return { what: "an envelope of an honest actor", value: halfAndMost(times), note: "nothing hostile runs" };
}

async function measureRun(run: Run, mesh: HostileMesh): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const attack of await readFamily(run)) measured.push(await measure(attack, mesh));
  return measured;
}

async function measure(attack: Attack, mesh: HostileMesh): Promise<Measured> {
  const target = new Target(attack, mesh);
  const start = await target.make();
  const ready: Ready = { mesh, target, start, times: Math.min(TIMES, attack.repeats) };
  if (attack.ends.kind === "refused") return await measureRefused(attack, ready);
  await mesh.host.start(start);
  try {
    await serve(mesh, target.actor);
    return await measureContained(attack, ready);
  } finally {
    await mesh.host.stop(target.actor);
  }
}

interface Ready {
  readonly mesh: HostileMesh;
  readonly target: Target;
  readonly start: Start;
  readonly times: number;
}

async function measureRefused({ name, ends }: Attack, { mesh, start, times }: Ready): Promise<Measured> {
  const [end, honest]: [number[], number[]] = [[], []];
  let ended = "";
  for (let n = 0; n < times; n++) {
    const refused = await timed(() => mesh.host.start(start).catch((error: unknown) => error));
    if (!(refused.value instanceof HostRefusal) || !ends.types.includes(refused.value.code)) {
      throw new Error(`${name} was taken, or: ${refused.value}`);
    }
    ended = `refused: ${refused.value.code}`;
    end.push(refused.ms);
    honest.push((await timed(() => serve(mesh, mesh.honest))).ms);
  }
  return { name, ended, process: true, end, same: [], honest };
}

async function measureContained(attack: Attack, { mesh, target, times }: Ready): Promise<Measured> {
  const { actor } = target;
  const [end, same, honest]: [number[], number[], number[]] = [[], [], []];
  let ended = "";
  let process = false;
  for (let n = 0; n < times; n++) {
    const [before] = await mesh.host.pids(actor);
    const hostile = await timed(() => send(mesh, { id: target.id("attack", n), actor, payload: "1" }));
    ended = verdictOf(attack, hostile.value);
    end.push(hostile.ms - grantedMs(attack, hostile.value));
    const [own, other] = await Promise.all([
      timed(() => serve(mesh, actor)),
      timed(() => serve(mesh, mesh.honest)),
    ]);
    same.push(own.ms);
    honest.push(other.ms);
    const [after] = await mesh.host.pids(actor);
    process ||= after !== before;
  }
  return { name: attack.name, ended, process, end, same, honest };
}

/** How it ended. @throws when it is not how it has to. */
function verdictOf({ name, ends }: Attack, { type, payload, message }: Ended): string {
  const fits = ends.kind === "ends" && (type === "" ? payload === ends.payload : ends.types.includes(type));
  if (!fits) throw new Error(`${name} ended with ${type || payload}: ${message}`);
  return type || "nothing could be done";
}

/** What it may take before its time is up is none of what is measured. */
function grantedMs({ limits }: Attack, { type }: Ended): number {
  return type === "troupe.Timeout" ? limits.timeoutMs ?? DEFAULT_LIMITS.timeoutMs : 0;
}

async function send(mesh: HostileMesh, sending: Sending): Promise<Ended> {
  const [ended] = await mesh.send([sending]);
  if (!ended) throw new Error(`${sending.id} has no end`);
  return ended;
}

/** Sends what is to be given back. */
async function serve(mesh: HostileMesh, actor: string): Promise<void> {
  const { type, payload, message } = await send(mesh, { id: crypto.randomUUID(), actor, payload: GOOD });
  if (type !== "" || payload !== GOOD) {
    throw new Error(`${actor} did not serve an envelope: ${type} ${message}`);
  }
}

async function timed<T>(work: () => Promise<T>): Promise<{ readonly ms: number; readonly value: T }> {
  const started = performance.now();
  const value = await work();
  return { ms: performance.now() - started, value };
}

/** A family, by what its attacks cost. */
function rowsOf(run: string, measured: readonly Measured[]): Row[] {
  return (["lives", "process"] as const).flatMap((kind) => {
    const these = measured.filter(({ process }) => process === (kind === "process"));
    if (these.length === 0) return [];
    const same = these.flatMap((one) => one.same);
    const over = these.filter(({ end }) => Math.max(...end) > AIM[kind]).length;
    return [{
      what: `${run}: ${these.length}${kind === "process" ? " that cost a process" : ""}`,
      value: halfAndMost(these.flatMap(({ end }) => end)),
      note: [
        `then an honest one ${halfAndMost(these.flatMap(({ honest }) => honest))}`,
        ...(same.length === 0 ? [] : [`one of its own ${halfAndMost(same)}`]),
        `${over} over ${AIM[kind]} ms`,
      ].join(", "),
    }];
  });
}

function halfAndMost(measured: readonly number[]): string {
  return `${quantile(measured, 0.5).toFixed(0)} / ${Math.max(...measured).toFixed(0)} ms`;
}
