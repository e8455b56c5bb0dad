/** Questions by POST, subscriptions over a WebSocket. Of several operations in the editor, only the chosen one is sent. */
import type { Fetcher, FetcherParams } from "@graphiql/toolkit";
import { type ExecutionResult, parse, print, separateOperations } from "graphql";
import { createClient } from "graphql-ws";

const streams = createClient({
  url: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/graphql`,
});

export const fetcher: Fetcher = (params) => {
  const question = { ...params, query: chosenOperation(params) };
  return /^\s*subscription\b/m.test(question.query) ? follow(question) : ask(question);
};

async function ask(question: FetcherParams) {
  const reply = await fetch("/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/graphql-response+json, application/json" },
    body: JSON.stringify(question),
  });
  return reply.json();
}

function follow({ query, variables, operationName }: FetcherParams) {
  // The two libraries differ in whether an absent `errors` may be written as undefined, and in nothing else.
  return streams.iterate({ query, variables, operationName }) as AsyncIterableIterator<ExecutionResult>;
}

/** The server takes one operation a document. */
function chosenOperation({ query, operationName }: FetcherParams): string {
  const operations = separateOperations(parse(query));
  const chosen = operationName ? operations[operationName] : Object.values(operations)[0];
  return chosen ? print(chosen) : query;
}
