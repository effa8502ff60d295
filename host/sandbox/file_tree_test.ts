import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { findNode, isFolder, mountsOf, type TreeNode } from "./file_tree.ts";

const bytes = new Uint8Array(3);
const [data, empty] = mountsOf(["/data", "/empty"], [
  { mount: "/data", path: "a", bytes },
  { mount: "/data", path: "deep/er/b", bytes },
  { mount: "/data", path: "deep/c", bytes },
]);
const root = data?.folder as TreeNode;

const FOUND: Record<string, string> = {
  "a": "file",
  ".": "folder",
  "": "folder",
  "deep": "folder",
  "deep/": "folder",
  "deep/er/b": "file",
  "deep//er/./b": "file",
  "deep/er/../c": "file",
  "deep/..": "folder",
  "..": "not-permitted",
  "deep/../..": "not-permitted",
  "deep/../../data/a": "not-permitted",
  "/a": "not-permitted",
  "b": "no-entry",
  "a/x": "not-directory",
  "a/..": "not-directory",
  "__proto__": "no-entry",
  "deep/constructor": "no-entry",
};

for (const [path, expected] of Object.entries(FOUND)) {
  Deno.test(`a path among files: ${JSON.stringify(path)}`, () => {
    const found = findNode(root, path);
    assertEquals(typeof found === "string" ? found : isFolder(found) ? "folder" : "file", expected);
  });
}

Deno.test("a mount without files is an empty folder", () => {
  assertEquals(empty && [...empty.folder.entries], []);
});

Deno.test("no path leads out of a folder", () => {
  const inside = new Set<unknown>();
  const collect = (node: TreeNode) => {
    inside.add(node);
    if (isFolder(node)) { for (const entry of node.entries.values()) collect(entry); }
  };
  collect(root);
  const name = fc.constantFrom("..", ".", "", "a", "deep", "er", "b", "c", "data");
  fc.assert(fc.property(fc.array(name, { maxLength: 12 }), (names) => {
    const found = findNode(root, names.join("/"));
    assertEquals(typeof found === "string" || inside.has(found), true);
  }));
});
