/**
 * A rule: an actor's handler is not asynchronous.
 *
 * @module
 */

type Node = Deno.lint.Node;

/** Reports a handler that is an async function. */
export const asyncHandler: Deno.lint.Rule = {
  create(context) {
    return {
      Program({ body }) {
        const handler = exported(body, "handle") ?? exported(body, "default");
        const made = handler && unwrapped(handler);
        if (!made || !("async" in made) || made.async !== true) return;
        const message =
          "handle is async, and nothing is awaited in an actor: make it a plain function or a generator " +
          "(function*); calls to the mesh need no await";
        context.report({ node: made, message });
      },
    };
  },
};

/** What a module exports under a name, as far as the module itself tells. */
function exported(body: readonly Node[], name: string): Node | undefined {
  for (const statement of body) {
    if (statement.type === "ExportDefaultDeclaration" && name === "default") {
      const { declaration } = statement;
      return declaration.type === "Identifier" ? declared(body, declaration.name) : declaration;
    }
    if (statement.type !== "ExportNamedDeclaration" || statement.source) continue;
    if (statement.declaration) {
      const found = declared([statement.declaration], name);
      if (found) return found;
    }
    for (const { exported, local } of statement.specifiers) {
      if (nameOf(exported) === name) return declared(body, nameOf(local));
    }
  }
  return undefined;
}

/** The function or value that statements declare under a name. */
function declared(body: readonly Node[], name: string): Node | undefined {
  for (const outer of body) {
    const statement = outer.type === "ExportNamedDeclaration" && outer.declaration
      ? outer.declaration
      : outer;
    if (statement.type === "FunctionDeclaration" && statement.id?.name === name) return statement;
    if (statement.type !== "VariableDeclaration") continue;
    for (const { id, init } of statement.declarations) {
      if (id.type === "Identifier" && id.name === name && init) return init;
    }
  }
  return undefined;
}

/** Without the types that it is declared to have. */
function unwrapped(node: Node): Node {
  return node.type === "TSAsExpression" || node.type === "TSSatisfiesExpression"
    ? unwrapped(node.expression)
    : node;
}

function nameOf(node: Deno.lint.Identifier | Deno.lint.StringLiteral): string {
  return node.type === "Identifier" ? node.name : node.value;
}
