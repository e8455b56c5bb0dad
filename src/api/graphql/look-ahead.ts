/**
 * What a question selects below a field, so that one joined statement can answer it. Fragments are followed, type
 * conditions and `@skip` are not judged: joining once too often costs little, and a join left out is what loaders are for.
 */
import { type FieldNode, type GraphQLResolveInfo, Kind, type SelectionSetNode } from "graphql";

type Info = Pick<GraphQLResolveInfo, "fieldNodes" | "fragments">;

// Documents are parsed once and kept, so their nodes are as good a key as their text.
const answers = new WeakMap<FieldNode, Map<string, boolean>>();

/** Whether a field lies below this one at the path: `selects(info, "edges.node.job")`. */
export function selects(info: Info, path: string): boolean {
  const [node] = info.fieldNodes;
  if (!node) return false;
  let known = answers.get(node);
  if (!known) answers.set(node, (known = new Map()));
  let answer = known.get(path);
  if (answer === undefined) {
    const names = path.split(".");
    answer = info.fieldNodes.some(({ selectionSet }) => reaches(selectionSet, names, info));
    known.set(path, answer);
  }
  return answer;
}

function reaches(set: SelectionSetNode | undefined, names: readonly string[], info: Info): boolean {
  const [name, ...rest] = names;
  if (name === undefined) return true;
  return (set?.selections ?? []).some((selection) => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      return reaches(info.fragments[selection.name.value]?.selectionSet, names, info);
    }
    if (selection.kind === Kind.INLINE_FRAGMENT) return reaches(selection.selectionSet, names, info);
    return selection.name.value === name && reaches(selection.selectionSet, rest, info);
  });
}

/** The names of all fields selected right below the path; aliases do not matter, nor do types. */
export function namesBelow(info: Info, path: string): string[] {
  const steps = path === "" ? [] : path.split(".");
  const sets = info.fieldNodes.map((node) => node.selectionSet);
  const fields = steps.reduce(
    (above, step) =>
      above
        .flatMap((set) => fieldsIn(set, info))
        .filter((field) => field.name.value === step)
        .map((field) => field.selectionSet),
    sets,
  );
  return [...new Set(fields.flatMap((set) => fieldsIn(set, info)).map((field) => field.name.value))];
}

function fieldsIn(set: SelectionSetNode | undefined, info: Info): FieldNode[] {
  return (set?.selections ?? []).flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection];
    if (selection.kind === Kind.INLINE_FRAGMENT) return fieldsIn(selection.selectionSet, info);
    return fieldsIn(info.fragments[selection.name.value]?.selectionSet, info);
  });
}
