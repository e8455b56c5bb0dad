/** What goes back, as Jenkins says it. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function json(value: unknown): Answer {
  return { status: 200, headers: { "content-type": "application/json;charset=utf-8" }, body: JSON.stringify(value) };
}

export function text(body: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status: 200, headers: { "content-type": "text/plain;charset=utf-8", ...headers }, body };
}

export function page(status: number, title: string, body = title): Answer {
  const html = `<!DOCTYPE html><html><head><title>${title}</title></head><body>${body}</body></html>`;
  return { status, headers: { "content-type": "text/html;charset=utf-8" }, body: html };
}

export function empty(status: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers, body: "" };
}

/** Nearly every action ends with one. */
export function redirect(location: string, status: 302 | 303 = 302): Answer {
  return empty(status, { location });
}

export class Refusal extends Error {
  readonly answer: Answer;

  constructor(answer: Answer) {
    super(`refused with ${answer.status}`);
    this.answer = answer;
  }
}

export function notFound(): Refusal {
  return new Refusal(page(404, "Error 404 Not Found", "<h2>HTTP ERROR 404 Not Found</h2>"));
}
