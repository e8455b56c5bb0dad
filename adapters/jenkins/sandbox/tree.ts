/** Stapler's query language, as it is: names, nested lists, ranges whose single number means one element. */
export interface TreeNode {
  readonly name: string;
  readonly below: readonly TreeNode[];
  /** From, up to and without. */
  readonly range: readonly [number, number] | null;
}

export class TreeSyntaxError extends Error {}

export function parseTree(text: string): readonly TreeNode[] {
  let at = 0;

  function list(): TreeNode[] {
    const nodes = [node()];
    while (text[at] === ",") {
      at += 1;
      nodes.push(node());
    }
    return nodes;
  }

  function node(): TreeNode {
    const name = /^[\w*-]+/.exec(text.slice(at))?.[0];
    if (name === undefined) throw new TreeSyntaxError(`expected a name at ${at}`);
    at += name.length;
    let below: TreeNode[] = [];
    if (text[at] === "[") {
      at += 1;
      below = list();
      if (text[at] !== "]") throw new TreeSyntaxError(`expected ] at ${at}`);
      at += 1;
    }
    return { name, below, range: range() };
  }

  function range(): readonly [number, number] | null {
    const found = /^\{(\d*)(,?)(\d*)\}/.exec(text.slice(at));
    if (!found) {
      if (text[at] === "{") throw new TreeSyntaxError(`no range at ${at}`);
      return null;
    }
    at += found[0].length;
    const [, from = "", comma, to = ""] = found;
    // `{5}` is the sixth element, and not five of them.
    if (comma === "") return [Number(from), Number(from) + 1];
    return [from === "" ? 0 : Number(from), to === "" ? Infinity : Number(to)];
  }

  const nodes = list();
  if (at !== text.length) throw new TreeSyntaxError(`"${text[at]}" at ${at} was not expected`);
  return nodes;
}

/** Something Jenkins exports: its class always shows, the rest when it is asked for. */
export class Bean {
  readonly kind: string | null;
  readonly fields: Readonly<Record<string, () => unknown>>;
  /** What stands of it inside of something else, where no tree says more. */
  readonly brief: readonly string[];

  constructor(kind: string | null, fields: Readonly<Record<string, () => unknown>>, brief: readonly string[] = []) {
    this.kind = kind;
    this.fields = fields;
    this.brief = brief;
  }
}

/** As `/api/json?tree=` answers. */
export function cut(value: unknown, nodes: readonly TreeNode[]): unknown {
  if (Array.isArray(value)) return value.map((one) => cut(one, nodes));
  if (!(value instanceof Bean)) return value;
  const shown: Record<string, unknown> = value.kind === null ? {} : { _class: value.kind };
  for (const { name, below, range } of nodes) {
    for (const field of name === "*" ? Object.keys(value.fields) : [name]) {
      // A name that nobody knows is left out, without a word.
      const read = Object.hasOwn(value.fields, field) ? value.fields[field]?.() : undefined;
      if (read !== undefined) shown[field] = cut(Array.isArray(read) && range ? read.slice(...range) : read, below);
    }
  }
  return shown;
}

/** As `/api/json` answers when nobody says what is wanted. */
export function whole(value: unknown, inside = false): unknown {
  if (Array.isArray(value)) return value.map((one) => whole(one, inside));
  if (!(value instanceof Bean)) return value;
  const names =
    inside && value.brief.length > 0 ? value.brief : Object.keys(value.fields).filter((name) => name !== "allBuilds");
  const fields = names.map((name) => [name, whole(value.fields[name]?.(), true)] as const);
  return {
    ...(value.kind === null ? {} : { _class: value.kind }),
    ...Object.fromEntries(fields.filter(([, read]) => read !== undefined)),
  };
}
