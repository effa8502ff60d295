/**
 * `deno task cluster:build`: builds the programs that make a cluster, those that are not there; `deno task cluster:build
 * NAME…`: only some of them.
 *
 * It needs Go; which version, go.mod says. The first build of the control plane takes some eight minutes of CPU and 90 MB of
 * downloads, that of KEDA ten minutes and as much again; Go's own cache makes later ones a matter of seconds.
 *
 * @module
 */

import { dirname, join } from "@std/path";
import { cachedPath, CONTROL_PLANE, KEDA, KEDA_OPERATOR, type Program } from "./binary.ts";

const PROGRAMS = [CONTROL_PLANE, KEDA_OPERATOR, KEDA];

/** What the API server calls itself: without it, clients cannot read its version. */
async function versionFlags(module: string): Promise<string> {
  const text = await Deno.readTextFile(join(module, "go.mod"));
  const [, version, major, minor] = /k8s\.io\/kubernetes (v(\d+)\.(\d+)\.\d+)/.exec(text) ?? [];
  if (version === undefined) throw new Error("go.mod names no version of k8s.io/kubernetes");
  const at = "-X k8s.io/component-base/version.git";
  return ` ${at}Version=${version} ${at}Major=${major} ${at}Minor=${minor}`;
}

/** Builds a program, unless it is there. @returns Where it is. */
export async function buildProgram(program: Program): Promise<string> {
  const path = await cachedPath(program);
  if (await Deno.stat(path).then((stat) => stat.isFile, () => false)) return path;
  await Deno.mkdir(dirname(path), { recursive: true });
  const flags = `-s -w${program === CONTROL_PLANE ? await versionFlags(program.module) : ""}`;
  // Under a name of its own until it is whole: another build may run at the same time.
  const unfinished = `${path}.${crypto.randomUUID()}`;
  try {
    const { success, code } = await new Deno.Command("go", {
      args: ["build", "-trimpath", "-ldflags", flags, "-o", unfinished, program.package],
      cwd: program.module,
      env: { CGO_ENABLED: "0" },
      stdout: "inherit",
      stderr: "inherit",
    }).output();
    if (!success) throw new Error(`go build ended with code ${code}; what it said is above`);
    await Deno.rename(unfinished, path);
    return path;
  } finally {
    await Deno.remove(unfinished).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }
}

if (import.meta.main) {
  const unknown = Deno.args.filter((name) => !PROGRAMS.some((program) => program.name === name));
  if (unknown.length > 0) {
    const known = PROGRAMS.map(({ name }) => name).join(", ");
    throw new Error(`no program is called ${unknown.join(", ")}: there are ${known}`);
  }
  for (const program of PROGRAMS) {
    if (Deno.args.length > 0 && !Deno.args.includes(program.name)) continue;
    console.log(await buildProgram(program));
  }
}
