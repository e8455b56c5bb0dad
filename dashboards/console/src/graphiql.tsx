/** GraphiQL over our own API, with the session's cookie. Everything it needs is in this bundle. */
// What these are imported for is what they do: workers for the editor, and styles.
// oxlint-disable import/no-unassigned-import
import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import "./graphiql.css";
import { GraphiQL } from "graphiql";
import { createRoot } from "react-dom/client";
import { fetcher } from "./fetcher.ts";

const FIRST_QUERY = `# What failed last, over every tool. Ctrl-Enter asks.
{
  runs(first: 10, filter: { state: [FAILED] }) {
    edges {
      node {
        state
        nativeState
        startedAt
        durationMs
        error { kind message }
        job { ref }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}
`;

const place = document.getElementById("graphiql");
if (place)
  createRoot(place).render(<GraphiQL fetcher={fetcher} initialQuery={FIRST_QUERY} defaultQuery={FIRST_QUERY} />);
