import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Chunk, type ListOptions, readList } from "../../../../adapters/airflow/paging.ts";
import { corpus } from "./corpus.ts";

const readAt = new Date("2026-11-21T03:00:00Z");

/** A server's list of ids, which may change before each page is cut from it. */
interface FakeList {
  ids: number[];
  readonly cap: number;
  readonly counts?: boolean;
  readonly before?: (page: number, list: FakeList) => void;
}

function serve(list: FakeList, options: Partial<ListOptions> = {}) {
  const offsets: number[] = [];
  const all: ListOptions = {
    of: "things",
    limit: 100,
    rowsMayLeave: false,
    identify: (row) => String(row),
    fetch: async ({ offset, limit }): Promise<Chunk> => {
      list.before?.(offsets.length, list);
      offsets.push(offset);
      const rows = list.ids.slice(offset, offset + Math.min(limit, list.cap));
      return { rows, total: list.counts === false ? null : list.ids.length, readAt };
    },
    ...options,
  };
  return { offsets, options: all };
}

async function read(options: ListOptions): Promise<number[]> {
  const rows: number[] = [];
  for await (const chunk of readList(options)) rows.push(...(chunk.rows as number[]));
  return rows;
}

const upTo = (count: number) => Array.from({ length: count }, (_, id) => id);

describe("a list that holds still", () => {
  interface Case {
    readonly expected_requests_offsets?: number[];
    readonly expected_items?: number;
    readonly expected_requests?: number;
  }
  const [capped, uncounted, three] = (corpus("client-expectations.json") as { pagination: Case[] }).pagination;

  it("goes on by the rows received, not by those asked for", async () => {
    const { offsets, options } = serve({ ids: upTo(150), cap: 50 });
    expect(await read(options)).toHaveLength(capped?.expected_items ?? 0);
    expect(offsets).toEqual(capped?.expected_requests_offsets);
  });

  it("ends at an empty page where nothing is counted", async () => {
    const { options } = serve({ ids: upTo(100), cap: 50, counts: false });
    expect(await read(options)).toHaveLength(uncounted?.expected_items ?? 0);
  });

  it("asks no more than needed", async () => {
    const { offsets, options } = serve({ ids: upTo(250), cap: 100 });
    expect(await read(options)).toEqual(upTo(250));
    expect(offsets).toHaveLength(three?.expected_requests ?? 0);
  });

  it("answers with one empty page for an empty list", async () => {
    const chunks: Chunk[] = [];
    for await (const chunk of readList(serve({ ids: [], cap: 100 }).options)) chunks.push(chunk);
    expect(chunks).toEqual([{ rows: [], total: 0, readAt }]);
  });

  it.each([true, false])("reads every row once, with overlap %s", async (rowsMayLeave) => {
    for (const cap of [2, 7, 50, 100]) {
      expect(await read(serve({ ids: upTo(205), cap }, { rowsMayLeave }).options)).toEqual(upTo(205));
    }
  });

  it("reads every row where nothing is counted, with overlap", async () => {
    expect(await read(serve({ ids: upTo(199), cap: 100, counts: false }, { rowsMayLeave: true }).options)).toEqual(
      upTo(199),
    );
  });
});

describe("a list that moves while it is read", () => {
  it("loses no row when one leaves before the place we read at", async () => {
    const before = (page: number, list: FakeList) => {
      if (page === 1) list.ids = list.ids.filter((id) => id !== 3);
    };
    for (const rowsMayLeave of [true, false]) {
      const rows = await read(serve({ ids: upTo(205), cap: 100, before }, { rowsMayLeave }).options);
      expect(rows).toEqual(upTo(205));
    }
  });

  it("loses no row when one leaves and another joins, so that the total tells nothing", async () => {
    const before = (page: number, list: FakeList) => {
      if (page === 1) list.ids = [...list.ids.filter((id) => id !== 3), 999];
    };
    const rows = await read(serve({ ids: upTo(205), cap: 100, before }, { rowsMayLeave: true }).options);
    expect(rows).toEqual([...upTo(205), 999]);
  });

  it("finds its footing again when most of the list leaves", async () => {
    const before = (page: number, list: FakeList) => {
      if (page === 2) list.ids = list.ids.filter((id) => id % 50 === 0 || id > 290);
    };
    const rows = await read(serve({ ids: upTo(300), cap: 100, before }, { rowsMayLeave: true }).options);
    for (let id = 291; id < 300; id++) expect(rows).toContain(id);
    expect(new Set(rows).size).toBe(rows.length);
  });

  it("never loses a row that stays, whatever leaves and joins", async () => {
    const move = fc.record({
      leave: fc.array(fc.nat(399), { maxLength: 80 }),
      join: fc.array(fc.nat(399), { maxLength: 20 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(move, { maxLength: 12 }), fc.integer({ min: 2, max: 60 }), async (moves, cap) => {
        const all = upTo(400).filter((id) => id % 2 === 0);
        const gone = new Set<number>();
        const before = (page: number, list: FakeList) => {
          const { leave, join } = moves[page] ?? { leave: [], join: [] };
          for (const id of leave) gone.add(id);
          const joining = join.filter((id) => !list.ids.includes(id));
          list.ids = [...list.ids.filter((id) => !leave.includes(id)), ...joining].sort((a, b) => a - b);
        };
        const rows = new Set(await read(serve({ ids: all, cap, before }, { rowsMayLeave: true }).options));
        expect(all.filter((id) => !gone.has(id) && !rows.has(id))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

describe("a list that cannot be read to its end", () => {
  it("throws when it ends before its total", async () => {
    const { options } = serve({ ids: upTo(120), cap: 100 });
    const short = {
      ...options,
      fetch: async (window: { offset: number; limit: number }) => ({ ...(await options.fetch(window)), total: 150 }),
    };
    await expect(read(short)).rejects.toMatchObject({ fault: "malformed", passing: true });
    await expect(read({ ...short, rowsMayLeave: true })).rejects.toMatchObject({ fault: "malformed", passing: true });
  });

  it("throws when an empty page stands before the total", async () => {
    const { options } = serve({ ids: [], cap: 100 });
    await expect(read({ ...options, fetch: async () => ({ rows: [], total: 150, readAt }) })).rejects.toThrow("row 0");
  });

  it("throws when every page is the same", async () => {
    const { options } = serve({ ids: upTo(100), cap: 100 });
    const same = async () => ({ rows: upTo(100), total: 1_000_000, readAt });
    await expect(read({ ...options, fetch: same })).rejects.toThrow("never settled");
    await expect(read({ ...options, fetch: async () => ({ ...(await same()), total: null }) })).rejects.toThrow(
      "never settled",
    );
  });

  it("passes on the error of a page in the middle", async () => {
    const { options } = serve({ ids: upTo(300), cap: 100 });
    const fetch: ListOptions["fetch"] = async (window) => {
      if (window.offset > 0) throw new Error("cut");
      return options.fetch(window);
    };
    await expect(read({ ...options, fetch })).rejects.toThrow("cut");
  });
});
