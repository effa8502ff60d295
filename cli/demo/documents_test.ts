import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { type Document, findDocuments, NoFolderError, type Skipped } from "./documents.ts";

const MAX = { maxBytes: 1000 };

async function withFolder(files: Record<string, string | Uint8Array>, test: (dir: string) => Promise<void>) {
  const dir = await Deno.makeTempDir({ prefix: "troupe_documents_" });
  try {
    for (const [path, content] of Object.entries(files)) {
      await Deno.mkdir(join(dir, path, ".."), { recursive: true });
      await Deno.writeFile(
        join(dir, path),
        typeof content === "string" ? new TextEncoder().encode(content) : content,
      );
    }
    await test(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

const found = async (dir: string): Promise<Map<string, string>> =>
  new Map(
    (await Array.fromAsync(findDocuments(dir, MAX))).map((file: Document | Skipped) =>
      "why" in file
        ? [file.path, `${file.refused ? "refused" : "passed over"}: ${file.why}`]
        : [file.path, file.text]
    ),
  );

Deno.test("documents are found below a folder, in order, whatever their names", () =>
  withFolder({
    "b.md": "b",
    "a.TXT": "a",
    "deep/er/naïve 文.md": "n",
    "'quotes\" and\nlines.md": "q",
    "LICENSE": "l",
    "code.ts": "no",
    ".hidden/x.md": "no",
    "node_modules/x/README.md": "no",
  }, async (dir) => {
    assertEquals([...await found(dir)], [
      ["'quotes\" and\nlines.md", "q"],
      ["LICENSE", "l"],
      ["a.TXT", "a"],
      ["b.md", "b"],
      ["deep/er/naïve 文.md", "n"],
    ]);
  }));

Deno.test("what cannot be sent is named with the reason, and the rest goes on", () =>
  withFolder({
    "binary.txt": new Uint8Array([1, 0, 2]),
    "latin1.txt": new Uint8Array([0xe9]),
    "large.md": "x".repeat(2000),
    "empty.md": " \n",
    "good.md": "good",
  }, async (dir) => {
    await Deno.symlink(join(dir, "nowhere"), join(dir, "link.md"));
    await Deno.symlink(dir, join(dir, "loop.md"));
    assertEquals(Object.fromEntries(await found(dir)), {
      "binary.txt": "refused: not text: it has zero bytes",
      "latin1.txt": "refused: not text: it is not UTF-8",
      "large.md": "refused: too large for one envelope: 0.0 MiB, and the limit is 0.0 MiB",
      "empty.md": "passed over: empty",
      "good.md": "good",
      "link.md": "refused: cannot be read (it is gone, or a link to nothing)",
      "loop.md": "refused: not a file",
    });
  }));

Deno.test({
  name: "a file that may not be read is named",
  // Whoever may do everything may read everything.
  ignore: Deno.uid() === 0,
  fn: () =>
    withFolder({ "secret.md": "s" }, async (dir) => {
      await Deno.chmod(join(dir, "secret.md"), 0);
      assertEquals([...await found(dir)], [["secret.md", "refused: cannot be read (permission denied)"]]);
    }),
});

Deno.test("no folder is an error that says so", () =>
  withFolder({ "file.md": "x" }, async (dir) => {
    await assertRejects(() => found(join(dir, "missing")), NoFolderError, "does not exist");
    await assertRejects(() => found(join(dir, "file.md")), NoFolderError, "is not a folder");
  }));
