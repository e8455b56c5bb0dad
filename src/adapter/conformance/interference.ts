/** The ways in which a remote fails, one function each. */
import type { Interference, ProxiedAnswer } from "./fault-proxy.ts";

export function status(code: number, headers: Record<string, string> = {}): Interference {
  const body = Buffer.from(JSON.stringify({ detail: `the sandbox says ${code}` }));
  return ({ answer }) => answer({ status: code, headers: { "content-type": "application/json", ...headers }, body });
}

export function text(body: string | Buffer, type = "application/json"): Interference {
  return ({ answer }) => answer({ status: 200, headers: { "content-type": type }, body: Buffer.from(body) });
}

/** Says how long it will be, and breaks off in the middle. */
export const truncated: Interference = async ({ forward, reply }) => {
  const { status, headers, body } = await forward();
  const half = body.subarray(0, Math.floor(body.length / 2));
  reply.writeHead(status, { "content-type": String(headers["content-type"]), "content-length": body.length });
  reply.write(half, () => reply.destroy());
};

export const endless: Interference = ({ reply }) => {
  reply.writeHead(200, { "content-type": "application/json" });
  const more = Buffer.alloc(65_536, "[");
  const write = () => {
    while (!reply.destroyed && reply.write(more));
    if (!reply.destroyed) reply.once("drain", write);
  };
  write();
};

/** A byte now and then: no idle timeout ever notices. */
export const slow: Interference = ({ reply }) => {
  reply.writeHead(200, { "content-type": "application/json" });
  const timer = setInterval(() => reply.write(" "), 20);
  reply.once("close", () => clearInterval(timer));
};

export const hang: Interference = () => {};

export const reset: Interference = ({ reply }) => {
  reply.socket?.resetAndDestroy();
};

/** The remote did what it was asked, and nobody will ever hear of it. */
export const loseAnswer: Interference = async ({ forward, reply }) => {
  await forward();
  reply.socket?.resetAndDestroy();
};

/** The remote did what it was asked, and stumbled when it wanted to say so. */
export const stumbleAfterwards: Interference = async (exchange) => {
  await exchange.forward();
  await status(500)(exchange);
};

/** Repeats what it was sent: the worst an error page can do. */
export function echo(code: number, type: string): Interference {
  return ({ request, answer }) => {
    const heard = `${JSON.stringify(request.headers)} ${request.body.toString()}`;
    const body = type.includes("html") ? `<html><head><title>${heard}</title></head></html>` : heard;
    answer({ status: code, headers: { "content-type": type }, body: Buffer.from(body) });
  };
}

/** Passes the answer on with its JSON changed. */
export function rewrite(change: (json: unknown) => unknown): Interference {
  return async ({ forward, answer }) => {
    const original = await forward();
    answer({ ...original, body: changedBody(original, change) });
  };
}

function changedBody({ status, body }: ProxiedAnswer, change: (json: unknown) => unknown): Buffer {
  if (status >= 300) return body;
  try {
    return Buffer.from(JSON.stringify(change(JSON.parse(body.toString()))));
  } catch {
    return body;
  }
}
