/**
 * Asks one question over and over on 16 connections and says how often it was answered. On bare sockets: on a machine of
 * two cores a client with comforts would be the largest part of what is measured.
 */
import { connect } from "node:net";

const { port, path, headers, body, connections, seconds } = JSON.parse(process.argv[2] ?? "{}") as LoadRequest;

export interface LoadRequest {
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly connections: number;
  readonly seconds: number;
}

const request = Buffer.from(
  [
    `${body === null ? "GET" : "POST"} ${path} HTTP/1.1`,
    "host: 127.0.0.1",
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(body === null ? [] : ["content-type: application/json", `content-length: ${Buffer.byteLength(body)}`]),
    "\r\n",
  ].join("\r\n") + (body ?? ""),
);

const tookMs: number[] = [];
let failure: string | null = null;
const until = performance.now() + seconds * 1_000;

function ask(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    let received = "";
    let began = 0;
    const send = () => {
      received = "";
      began = performance.now();
      socket.write(request);
    };
    socket.on("connect", send);
    socket.on("error", reject);
    socket.on("close", () => resolve());
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1");
      if (!isWhole(received)) return;
      tookMs.push(performance.now() - began);
      if (!received.startsWith("HTTP/1.1 200") || received.includes('"errors":')) failure = received.slice(0, 600);
      if (failure !== null || performance.now() >= until) socket.end();
      else send();
    });
  });
}

function isWhole(answer: string): boolean {
  const head = answer.indexOf("\r\n\r\n");
  if (head < 0) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(answer.slice(0, head + 2));
  return length ? answer.length >= head + 4 + Number(length[1]) : answer.endsWith("\r\n0\r\n\r\n");
}

const began = performance.now();
await Promise.all(Array.from({ length: connections }, ask));
const elapsed = (performance.now() - began) / 1_000;
const sorted = tookMs.sort((a, b) => a - b);
const report = {
  perSecond: tookMs.length / elapsed,
  p50: sorted[sorted.length >> 1],
  p99: sorted[Math.floor(sorted.length * 0.99)],
};
process.stdout.write(`${JSON.stringify(failure === null ? report : { failure })}\n`);
