/** Where in a question an error lies, as a person would point: `runs.filter.startedAfter`, `$first`. */
import { type ASTNode, type GraphQLError, Kind, parse, visit } from "graphql";

export function pathInQuestion(error: GraphQLError): string | null {
  const [node] = error.nodes ?? [];
  const text = error.source?.body;
  if (text === undefined) return null;
  // The text itself could not be read, so there is nothing in it to point at.
  if (!node?.loc) return "query";
  const names: string[] = [];
  let found: string | null = null;
  // The error brings the node and not its ancestors, so they are looked up in the text; this is no hot path.
  visit(parse(text), {
    enter(here) {
      const name = nameOf(here);
      if (name) names.push(name);
      if (isSame(here, node)) found ??= names.join(".") || "query";
    },
    leave(here) {
      if (nameOf(here)) names.pop();
    },
  });
  return found;
}

function isSame(here: ASTNode, there: ASTNode): boolean {
  return here.kind === there.kind && here.loc?.start === there.loc?.start && here.loc?.end === there.loc?.end;
}

function nameOf(node: ASTNode): string | null {
  if (node.kind === Kind.FIELD) return (node.alias ?? node.name).value;
  if (node.kind === Kind.ARGUMENT || node.kind === Kind.OBJECT_FIELD) return node.name.value;
  return node.kind === Kind.VARIABLE_DEFINITION ? `$${node.variable.name.value}` : null;
}
