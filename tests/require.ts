/**
 * What a test needs that a machine may lack.
 *
 * @module
 */

/**
 * Whether a group of tests must not be skipped: `TROUPE_REQUIRE` lists the groups, such as `all` or `all,cluster`. `all` is
 * all that needs nothing but a program on `PATH`; the cluster, which takes minutes to build, is asked for by its own name.
 */
export function isRequired(group: "all" | "cluster"): boolean {
  return (Deno.env.get("TROUPE_REQUIRE") ?? "").split(",").includes(group);
}

/**
 * Whether a test has to be skipped because a program is not on this machine: one line says what to install. With
 * `TROUPE_REQUIRE=all` it is never skipped, and so fails for want of the program.
 *
 * @param program Name of the program, as on `PATH`.
 * @param install How a person gets it.
 */
export function lacks(program: string, install: string): boolean {
  const found = (Deno.env.get("PATH") ?? "").split(":").some((folder) => {
    try {
      return Deno.statSync(`${folder}/${program}`).isFile;
    } catch {
      return false;
    }
  });
  if (found || isRequired("all")) return false;
  console.error(`skipped: ${program} is not on this machine (${install})`);
  return true;
}
