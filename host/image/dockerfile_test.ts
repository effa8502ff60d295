import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { HOST_ENTRYPOINT, IMAGE_ENV, IMAGE_USER } from "./commands.ts";
import { BASES, DENO_VERSION } from "./contents.ts";
import { dockerfile, dockerignore } from "./dockerfile.ts";

Deno.test("the Dockerfile makes the tree with the program that tests make it with, and runs what they run", () => {
  const text = dockerfile();
  const last = text.slice(text.lastIndexOf("\nFROM "));
  assertMatch(
    text,
    /^RUN \["\/usr\/bin\/deno", "run", "--allow-all", "host\/image\/main.ts", "assemble", "\/image"\]$/m,
  );
  assertMatch(last, /^\nFROM scratch\nCOPY --from=build \/image \/\nENV /);
  assertStringIncludes(last, `\nUSER ${IMAGE_USER}:${IMAGE_USER}\n`);
  const [, entrypoint] = /^ENTRYPOINT (.*)$/m.exec(last) ?? [];
  assertEquals(JSON.parse(entrypoint ?? ""), HOST_ENTRYPOINT);
  for (const [name, value] of Object.entries(IMAGE_ENV)) {
    assertMatch(last, new RegExp(`\\b${name}=${value}( \\\\)?$`, "m"));
  }
});

Deno.test("what the image is built from has a version", () => {
  for (const image of Object.values(BASES)) assertMatch(image, /:(?!latest)[a-z]/);
  assertStringIncludes(BASES.DENO_IMAGE, DENO_VERSION);
});

Deno.test("Docker is given what is listed, and no tests", () => {
  const lines = dockerignore(["./host", "./sdk/js", "./controller", "./cli"]).split("\n");
  assertEquals(lines.indexOf("*"), 1);
  for (const line of ["!host", "!controller", "!sdk/js/deno.json", "!cli/deno.json", "!deno.lock"]) {
    assert(lines.includes(line), line);
  }
  assert(!lines.includes("!host/deno.json"));
  assert(lines.includes("**/*_test.ts"));
});
