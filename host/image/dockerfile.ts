/**
 * The Dockerfile, and what of the repository it is given.
 *
 * It makes the tree with the same program that tests make it with. What is left to say here is where that runs, and what a
 * container is told beside its files.
 *
 * @module
 */

import { DENO, HOST_ENTRYPOINT, IMAGE_ENV, IMAGE_USER } from "./commands.ts";
import { BASES, MEMBERS } from "./contents.ts";

const NOTE = '# Made by "deno task generate": change its sources, in host/image/.\n';

/** The text of `host/Dockerfile`. */
export function dockerfile(): string {
  const json = (words: readonly string[]) => JSON.stringify(words).replaceAll('","', '", "');
  const args = Object.entries(BASES).map(([name, image]) => `ARG ${name}=${image}`);
  const env = Object.entries(IMAGE_ENV).map(([name, value]) => `${name}=${value}`);
  const assemble = [DENO, "run", "--allow-all", "host/image/main.ts", "assemble", "/image"];
  return `${NOTE}
# The one image: host of every actor, crew, controller. From the root of the repository:
#   docker build -f host/Dockerfile -t troupe-host .
${args.join("\n")}

FROM \${DENO_IMAGE} AS deno

FROM \${SYSTEM_IMAGE} AS build
COPY --from=deno /deno ${DENO}
WORKDIR /source
COPY . .
RUN ${json(assemble)}

# No shell, no package manager: what is in /image and nothing else.
FROM scratch
COPY --from=build /image /
ENV ${env.join(" \\\n    ")}
USER ${IMAGE_USER}:${IMAGE_USER}
ENTRYPOINT ${json(HOST_ENTRYPOINT)}
`;
}

/**
 * The text of `.dockerignore`: nothing is given but what is listed.
 *
 * @param workspace The members of the workspace, as the configuration of the project names them; Deno looks for each.
 */
export function dockerignore(workspace: readonly string[]): string {
  const members = workspace.map((member) => member.replace(/^\.\//, ""));
  const given = [
    ...["deno.json", "deno.lock"],
    ...MEMBERS,
    ...members.filter((member) => !MEMBERS.includes(member)).map((member) => `${member}/deno.json`),
  ];
  const withheld = ["*_test.ts", "*_testing.ts", "_testing", "golden", ".troupe", "*.wasm", "*.db"];
  return [
    NOTE.trimEnd(),
    "*",
    ...given.map((path) => `!${path}`),
    ...withheld.map((pattern) => `**/${pattern}`),
    "",
  ].join("\n");
}
