/**
 * What an identifier does where it stands.
 *
 * @module
 */

type Node = Deno.lint.Node | Deno.lint.TSParameterProperty;
type Identifier = Deno.lint.Identifier;

/** `reference`: its value is used. `declaration`: it names something new. `guard`: it is looked for with `typeof`.
 * `other`: it is a key, a label or a type. */
export type IdentifierRole = "reference" | "declaration" | "guard" | "other";

/** Expressions that carry a type which is not one. */
const TYPED_EXPRESSIONS = new Set([
  "TSAsExpression",
  "TSSatisfiesExpression",
  "TSNonNullExpression",
  "TSTypeAssertion",
  "TSInstantiationExpression",
]);

/** Tells what an identifier does. */
export function roleOf(identifier: Identifier): IdentifierRole {
  let child: Node = identifier;
  for (let parent = parentOf(child); parent; parent = parentOf(child)) {
    const role = roleIn(parent, child);
    if (role !== "pattern") return role;
    child = parent;
  }
  return "reference";
}

function parentOf(node: Node): Node | undefined {
  return "parent" in node ? node.parent : undefined;
}

/** The role of a child in its parent; `pattern` when the parent's own place decides. */
function roleIn(parent: Node, child: Node): IdentifierRole | "pattern" {
  switch (parent.type) {
    case "ArrayPattern":
    case "ObjectPattern":
    case "RestElement":
    case "TSParameterProperty":
      return "pattern";
    case "AssignmentPattern":
      return is(parent.left, child) ? "pattern" : "reference";
    case "Property":
      if (is(parent.value, child)) return parent.parent.type === "ObjectPattern" ? "pattern" : "reference";
      return parent.computed ? "reference" : "other";
    case "VariableDeclarator":
      if (!is(parent.id, child)) return "reference";
      return isAmbient(parent.parent) ? "other" : "declaration";
    case "FunctionDeclaration":
    case "TSDeclareFunction":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      if (isAmbient(parent)) return "other";
      return is(parent.body, child) ? "reference" : "declaration";
    case "ClassDeclaration":
    case "ClassExpression":
      if (!is(parent.id, child)) return "reference";
      return isAmbient(parent) ? "other" : "declaration";
    case "ImportSpecifier":
      return is(parent.local, child) ? "declaration" : "other";
    case "CatchClause":
    case "ImportDefaultSpecifier":
    case "ImportNamespaceSpecifier":
    case "TSImportEqualsDeclaration":
      return "declaration";
    case "TSEnumDeclaration":
    case "TSModuleDeclaration":
      return isAmbient(parent) ? "other" : "declaration";
    case "MemberExpression":
      return is(parent.object, child) || parent.computed ? "reference" : "other";
    case "MethodDefinition":
    case "PropertyDefinition":
      return is(parent.value, child) || parent.computed ? "reference" : "other";
    case "UnaryExpression":
      return parent.operator === "typeof" ? "guard" : "reference";
    case "TSEnumMember":
      return is(parent.initializer, child) ? "reference" : "other";
    case "ExportSpecifier":
    case "ExportAllDeclaration":
    case "ImportAttribute":
    case "LabeledStatement":
    case "BreakStatement":
    case "ContinueStatement":
    case "MetaProperty":
      return "other";
  }
  if (TYPED_EXPRESSIONS.has(parent.type)) {
    return is((parent as { expression?: Node }).expression, child) ? "reference" : "other";
  }
  return parent.type.startsWith("TS") ? "other" : "reference";
}

/** Nodes may be handed out as several objects: the place and the kind tell them. */
function is(a: Node | null | undefined, b: Node): boolean {
  return a?.type === b.type && a.range[0] === b.range[0] && a.range[1] === b.range[1];
}

/** Whether a declaration only claims that something is there. */
function isAmbient(node: Node): boolean {
  return "declare" in node && node.declare === true;
}
