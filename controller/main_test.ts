import { assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl, join } from "@std/path";

const MAIN = fromFileUrl(new URL("main.ts", import.meta.url));

/** Runs a controller that has no cluster; what is wrong with its settings is found before that is looked for. */
async function run(settings: string | undefined) {
  const folder = await Deno.makeTempDir();
  const file = join(folder, "settings.yaml");
  if (settings !== undefined) await Deno.writeTextFile(file, settings);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", "--cached-only", "--ignore-env", `--allow-read=${folder}`, MAIN],
      ...["--settings", file, "--brokers", folder, "--identity", "one"],
      ...["--kubeconfig", join(folder, "no-kubeconfig")],
    ],
    stdin: "null",
  }).output();
  await Deno.remove(folder, { recursive: true });
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).replaceAll(folder, "FOLDER");
  return { code, out: text(stdout), err: text(stderr) };
}

const HEAD = "apiVersion: troupe.dev/v1alpha1\nkind: ControllerSettings\nspec:\n";

Deno.test("settings that are wrong end a controller at its start, and it says what is wrong, and where", async () => {
  for (
    const [settings, ...said] of [
      [
        `${HEAD}  image: a\n  transport: {}\n`,
        "FOLDER/settings.yaml:5",
        "spec.transport",
        "did you mean transports?",
      ],
      [`${HEAD}  image: [`, "FOLDER/settings.yaml:4"],
      ["kind: ConfigMap\n", "has to be ControllerSettings", "apiVersion"],
    ] as const
  ) {
    const { code, out, err } = await run(settings);
    assertEquals([code, out], [1, ""], err);
    for (const text of said) assertStringIncludes(err, text);
    assertEquals(err.includes("at file:"), false, "a person is shown no stack");
  }
});

Deno.test("settings that are not there end a controller at its start", async () => {
  const { code, err } = await run(undefined);
  assertEquals(code, 2);
  assertStringIncludes(err, "FOLDER/settings.yaml cannot be read");
});
