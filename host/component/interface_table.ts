/**
 * Tables of interfaces: what each has, with the types that it has them with.
 *
 * An import is compared with these function by function and type by type. Its name alone says nothing: a component can
 * import `wasi:io/streams` with any functions and types that it likes, and the glue that is generated takes them at their
 * word.
 *
 * @module
 */

/** Members of interfaces, by the interface's name without a version. */
export type InterfaceTable = ReadonlyMap<string, ReadonlyMap<string, string>>;

/**
 * Reads a table.
 *
 * @param text An interface's name on a line of its own, then `name: type` for each of its members, indented. Types are
 *   written as `typeText` writes them; in the manner of WIT.
 */
export function interfaceTable(text: string): InterfaceTable {
  const table = new Map<string, Map<string, string>>();
  let members = new Map<string, string>();
  for (const line of text.split("\n").filter((line) => line.trim() !== "")) {
    if (!line.startsWith(" ")) {
      table.set(line, members = new Map());
      continue;
    }
    const [name = "", ...type] = line.trim().split(": ");
    members.set(name, type.join(": "));
  }
  return table;
}
