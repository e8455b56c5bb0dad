/**
 * What a question may ask for. Its shape is judged before graphql-js validates it, for validation itself takes quadratic
 * time in the number of fields; its cost, the values it may answer with, once the variables are known. Both before
 * anything is executed, and the same for HTTP, WebSocket and SSE.
 */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getNamedType,
  getNullableType,
  type GraphQLField,
  type GraphQLSchema,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";
import { ApiError } from "./api-error.ts";
import { DEFAULT_FIRST, MAX_FIRST } from "./connection.ts";

export const LIMITS = {
  /** Of the text; GraphiQL's introspection has some 400. */
  tokens: 2_000,
  depth: 12,
  /** Introspection nests types in types and is bounded by graphql-js itself. */
  introspectionDepth: 25,
  fields: 500,
  aliases: 30,
  directives: 50,
  /** Values in the answer. The largest honest question, 500 runs with everything about them, has some 25,000. */
  cost: 50_000,
} as const;

/** Lists without `first` are short; this is how long they are taken to be. */
const SHORT_LIST = 10;
/** A list costs its statement besides its rows. */
const STATEMENT_COST = 20;

interface Shape {
  readonly depth: number;
  readonly fields: number;
  readonly aliases: number;
  readonly directives: number;
}

/** Throws when the text is of a shape we do not take, whatever its fields mean. */
export function refuseShape(document: DocumentNode): void {
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  if (operations.length > 1) {
    throw new ApiError("INVALID", `${operations.length} operations in one document; send one at a time`, "query");
  }
  for (const operation of operations) {
    const shape = shapeOf(operation, fragmentsOf(document));
    const introspects = operation.selectionSet.selections.some(
      (node) => node.kind === Kind.FIELD && node.name.value === "__schema",
    );
    const bounds: Shape = { ...LIMITS, depth: introspects ? LIMITS.introspectionDepth : LIMITS.depth };
    for (const name of Object.keys(bounds) as (keyof Shape)[]) {
      if (name in shape && shape[name] > bounds[name]) {
        throw new ApiError(
          "TOO_EXPENSIVE",
          `${name}: this question has ${shape[name]}, the most is ${bounds[name]}`,
          "query",
        );
      }
    }
  }
}

function shapeOf(operation: OperationDefinitionNode, fragments: Fragments): Shape {
  // Each fragment is measured once and counted wherever it is spread: doubling chains of them stay cheap to judge.
  const known = new Map<string, Shape>();
  const empty: Shape = { depth: 0, fields: 0, aliases: 0, directives: operation.directives?.length ?? 0 };

  function ofSet(set: SelectionSetNode | undefined): Shape {
    return (set?.selections ?? []).reduce<Shape>(
      (sum, node) => {
        const directives = node.directives?.length ?? 0;
        if (node.kind === Kind.FIELD) {
          const below = ofSet(node.selectionSet);
          return add(sum, {
            depth: below.depth + 1,
            fields: below.fields + 1,
            aliases: below.aliases + (node.alias ? 1 : 0),
            directives: below.directives + directives,
          });
        }
        const inner = node.kind === Kind.FRAGMENT_SPREAD ? ofFragment(node.name.value) : ofSet(node.selectionSet);
        return add(sum, { ...inner, directives: inner.directives + directives });
      },
      { ...empty, directives: 0 },
    );
  }

  function ofFragment(name: string): Shape {
    const before = known.get(name);
    if (before) return before;
    // Stands while the fragment is measured: one that spreads itself ends here, and validation says so.
    known.set(name, { ...empty, directives: 0 });
    const shape = ofSet(fragments.get(name)?.selectionSet);
    known.set(name, shape);
    return shape;
  }

  return add(empty, ofSet(operation.selectionSet));
}

function add(a: Shape, b: Shape): Shape {
  return {
    depth: Math.max(a.depth, b.depth),
    fields: a.fields + b.fields,
    aliases: a.aliases + b.aliases,
    directives: a.directives + b.directives,
  };
}

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;
type Variables = Readonly<Record<string, unknown>>;

const fixedCosts = new WeakMap<DocumentNode, number>();

/** Throws when the answer could hold more values than we give at once. */
export function refuseCost(schema: GraphQLSchema, document: DocumentNode, variables: Variables): void {
  let cost = fixedCosts.get(document);
  if (cost === undefined) {
    const measured = costOf(schema, document, variables);
    cost = measured.cost;
    // Documents are kept and asked again; only a page size in a variable makes each asking different.
    if (!measured.varies) fixedCosts.set(document, cost);
  }
  if (cost > LIMITS.cost) {
    throw new ApiError(
      "TOO_EXPENSIVE",
      `This question may answer with ${Math.round(cost)} values, the most is ${LIMITS.cost}; ask for smaller pages`,
      "query",
    );
  }
}

export function costOf(schema: GraphQLSchema, document: DocumentNode, variables: Variables) {
  const fragments = fragmentsOf(document);
  const known = new Map<string, number>();
  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  let varies = false;

  /** `page` is the `first` of the connection whose edges lie here. */
  function ofSet(set: SelectionSetNode | undefined, typeName: string, page: number): number {
    return (set?.selections ?? []).reduce((sum, node) => {
      if (node.kind === Kind.FIELD) return sum + ofField(node, typeName, page);
      if (node.kind === Kind.INLINE_FRAGMENT) {
        return sum + ofSet(node.selectionSet, node.typeCondition?.name.value ?? typeName, page);
      }
      return sum + ofFragment(node.name.value, page);
    }, 0);
  }

  function ofFragment(name: string, page: number): number {
    const key = `${name} ${page}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    known.set(key, 0);
    const fragment = fragments.get(name);
    const cost = ofSet(fragment?.selectionSet, fragment?.typeCondition.name.value ?? "", page);
    known.set(key, cost);
    return cost;
  }

  function ofField(node: FieldNode, typeName: string, page: number): number {
    const field = fieldOf(schema, typeName, node.name.value);
    if (!field) return 1;
    const type = getNamedType(field.type);
    if (!isCompositeType(type)) return 1;
    if (field.args.some(({ name }) => name === "first")) {
      return STATEMENT_COST + ofSet(node.selectionSet, type.name, pageSize(node));
    }
    const times = isListType(getNullableType(field.type)) ? (field.name === "edges" ? page : lengthOf(field)) : 1;
    return 1 + times * ofSet(node.selectionSet, type.name, 1);
  }

  function pageSize(node: FieldNode): number {
    const value = node.arguments?.find(({ name }) => name.value === "first")?.value;
    if (value?.kind === Kind.INT) return clamp(Number(value.value));
    if (value?.kind !== Kind.VARIABLE) return DEFAULT_FIRST;
    varies = true;
    const definition = operation?.variableDefinitions?.find(({ variable }) => variable.name.value === value.name.value);
    const fallback =
      definition?.defaultValue?.kind === Kind.INT ? Number(definition.defaultValue.value) : DEFAULT_FIRST;
    const given = variables[value.name.value];
    return clamp(typeof given === "number" ? given : fallback);
  }

  const root = operation && schema.getRootType(operation.operation);
  return { cost: root ? ofSet(operation.selectionSet, root.name, 1) : 0, varies };
}

/** Lists that can be long say so themselves. */
function lengthOf({ extensions }: GraphQLField<unknown, unknown>): number {
  return typeof extensions["listSize"] === "number" ? extensions["listSize"] : SHORT_LIST;
}

/** One that is out of bounds is refused by its list, with its own name in the error. */
function clamp(first: number): number {
  return Math.min(Math.max(first, 1), MAX_FIRST);
}

function fragmentsOf(document: DocumentNode): Fragments {
  const fragments = document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
  return new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
}

function fieldOf(schema: GraphQLSchema, typeName: string, name: string): GraphQLField<unknown, unknown> | null {
  const type = schema.getType(typeName);
  return isObjectType(type) || isInterfaceType(type) ? (type.getFields()[name] ?? null) : null;
}
