/**
 * Small meshes for tests, as an author would write them.
 *
 * @module
 */

import { join } from "@std/path";

/** An `actor.yaml`. @param more Lines of its `spec` besides the component. */
export function actorYaml(name: string, more = ""): string {
  return `apiVersion: troupe.dev/v1alpha1
kind: Actor
metadata:
  name: ${name}
spec:
  component:
    file: build/${name}.wasm
${more}`;
}

/** A folder of actors that is gone after the test. */
export class TestMesh implements AsyncDisposable {
  /** The folder. */
  readonly dir: string;
  /** Its state, where nobody says otherwise. */
  readonly data: string;

  private constructor(dir: string) {
    this.dir = dir;
    this.data = join(dir, ".troupe");
  }

  /** Makes it. @param sources Sources in JavaScript, by the actors' names. */
  static async make(sources: Readonly<Record<string, string>>): Promise<TestMesh> {
    const mesh = new TestMesh(await Deno.makeTempDir({ prefix: "troupe_mesh_" }));
    for (const [name, source] of Object.entries(sources)) await mesh.write(name, source);
    return mesh;
  }

  /** Writes an actor. */
  async write(name: string, source: string): Promise<void> {
    await Deno.mkdir(join(this.dir, name), { recursive: true });
    await Deno.writeTextFile(join(this.dir, name, "actor.js"), source);
    await this.writeYaml(name, actorYaml(name));
  }

  /** Writes the spec of an actor, unless that is what is there. */
  async writeYaml(name: string, text: string): Promise<void> {
    const file = join(this.dir, name, "actor.yaml");
    if (await Deno.readTextFile(file).catch(() => "") !== text) await Deno.writeTextFile(file, text);
  }

  /** Removes it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.dir, { recursive: true });
  }
}

/** Says hello, in words that a test can change. */
export const greet = (hello: string): string =>
  `export const handle = ({ name }) => ({ said: "${hello}, " + name });\n`;

/** Takes as long as it is told to. */
export const SLOW = `export function handle(task) {
  const end = Date.now() + task.ms;
  while (Date.now() < end);
  return task;
}
`;
