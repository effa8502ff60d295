import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { temporaryFolder } from "../component/_testing/temporary_folder.ts";
import type { RegistryCredentials } from "./credentials.ts";
import { credentialsIn, dockerConfigFile, dockerCredentials } from "./docker_config.ts";
import { RegistryCredentialsError } from "./errors.ts";
import { parseReference } from "./reference.ts";

const FILE = "/a/config.json";

function find(config: unknown, name: string): RegistryCredentials | undefined {
  return credentialsIn(JSON.stringify(config), { reference: parseReference(name), file: FILE });
}

/** Who is found, by name, where each entry's name is its key. */
function who(keys: readonly string[], name: string): string | undefined {
  const auths = Object.fromEntries(keys.map((key) => [key, { username: key, password: "x" }]));
  const found = find({ auths }, name);
  return found?.kind === "password" ? found.username : undefined;
}

Deno.test("the forms in which credentials are kept", async (t) => {
  const from = `${FILE} (auths, r.example.com)`;
  const cases: [string, object, object | undefined][] = [
    ["name and password", { username: "ada", password: "a:b" }, {
      kind: "password",
      username: "ada",
      password: "a:b",
      from,
    }],
    ["both in base64", { auth: new TextEncoder().encode("ada:pä:ss").toBase64() }, {
      kind: "password",
      username: "ada",
      password: "pä:ss",
      from,
    }],
    ["a token for others", { auth: btoa("<token>:"), identitytoken: "abc" }, {
      kind: "identity-token",
      token: "abc",
      from,
    }],
    ["nothing", {}, undefined],
    ["an address of mail beside it", { email: "a@b", username: "ada", password: "x" }, {
      kind: "password",
      username: "ada",
      password: "x",
      from,
    }],
  ];
  for (const [name, entry, found] of cases) {
    await t.step(
      name,
      () => assertEquals(find({ auths: { "r.example.com": entry } }, "r.example.com/a") as unknown, found),
    );
  }
});

Deno.test("whose credentials they are", async (t) => {
  const cases: [string, string[], string | undefined][] = [
    ["r.example.com/a", ["r.example.com"], "r.example.com"],
    ["R.example.com/a", ["https://r.EXAMPLE.com"], "https://r.EXAMPLE.com"],
    ["r.example.com/a", ["https://r.example.com/v2/"], "https://r.example.com/v2/"],
    ["r.example.com:5000/a", ["r.example.com"], undefined],
    ["r.example.com/a", ["r.example.com:5000"], undefined],
    ["docker.io/ada/a", ["https://index.docker.io/v1/"], "https://index.docker.io/v1/"],
    ["r.example.com/shop/a", ["r.example.com", "r.example.com/shop"], "r.example.com/shop"],
    ["r.example.com/shopping/a", ["r.example.com/shop"], undefined],
    ["r.example.com/a", ["*.example.com", "r.example.com"], "r.example.com"],
    ["r.example.com/a", ["*.example.com"], "*.example.com"],
    ["r.example.com/a", ["r*.example.com"], "r*.example.com"],
    ["r.s.example.com/a", ["*.example.com"], undefined],
    ["r.example.com/a", ["rxexample.com", "example.com", ".example.com"], undefined],
  ];
  for (const [name, keys, key] of cases) {
    await t.step(`${name} among ${keys.join(" and ")}`, () => assertEquals(who(keys, name), key));
  }
});

Deno.test("credentials that a helper keeps are refused with what to do, for that registry alone", async (t) => {
  const cases: [string, unknown, boolean][] = [
    ["a helper of its own", { credHelpers: { "r.example.com": "gcloud" } }, true],
    ["a helper of another", { credHelpers: { "s.example.com": "gcloud" } }, false],
    ["a store that has it", { credsStore: "gcloud", auths: { "r.example.com": {} } }, true],
    ["a store that has it not", { credsStore: "gcloud", auths: { "s.example.com": {} } }, false],
    ["a store, and what is in the file", {
      credsStore: "gcloud",
      auths: { "r.example.com": { auth: btoa("a:b") } },
    }, false],
  ];
  for (const [name, config, refused] of cases) {
    await t.step(name, () => {
      if (!refused) return void find(config, "r.example.com/a");
      const { code, message } = assertThrows(() => find(config, "r.example.com/a"), RegistryCredentialsError);
      assertEquals(code, "troupe.RegistryCredentials");
      for (const words of ["gcloud", "r.example.com", "DOCKER_CONFIG", FILE]) {
        assertStringIncludes(message, words);
      }
    });
  }
});

Deno.test("a file that is not as it should be is told without what is in it", async (t) => {
  const cases: [string, string, string][] = [
    ["no JSON", '{"auths":{"r":{"password":"hunter2"', "is no JSON"],
    ["another form", '{"auths":{"r.example.com":{"auth":["hunter2"]}}}', "auths.r.example.com.auth"],
    ["no base64", '{"auths":{"r.example.com":{"auth":"hunter2?"}}}', "in base64"],
    ["no colon in it", `{"auths":{"r.example.com":{"auth":"${btoa("hunter2")}"}}}`, "in base64"],
  ];
  for (const [name, text, said] of cases) {
    await t.step(name, () => {
      const { message } = assertThrows(
        () => credentialsIn(text, { reference: parseReference("r.example.com/a"), file: FILE }),
        RegistryCredentialsError,
      );
      assertStringIncludes(message, said);
      assertEquals(message.includes("hunter2"), false);
    });
  }
});

Deno.test("where the file is", () => {
  const at = (env: Record<string, string>) => dockerConfigFile((name) => env[name]);
  assertEquals(at({ DOCKER_CONFIG: "/c", HOME: "/h" }), "/c/config.json");
  assertEquals(at({ DOCKER_CONFIG: "", HOME: "/h" }), "/h/.docker/config.json");
  assertEquals(at({}), undefined);
});

Deno.test("without a file one comes as nobody; one that cannot be read is told", async () => {
  await using folder = await temporaryFolder();
  const reference = parseReference("r.example.com/a");
  assertEquals(await dockerCredentials(reference, join(folder.path, "none.json")), undefined);
  await assertRejects(
    () => dockerCredentials(reference, folder.path),
    RegistryCredentialsError,
    "cannot be read",
  );
});
