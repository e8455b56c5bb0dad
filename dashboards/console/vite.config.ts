/** The console, built into `dist/console` and served by the API from there: nothing is fetched from anywhere else. */
import { resolve } from "node:path";
import { defineConfig } from "vite";

const here = import.meta.dirname;

export default defineConfig({
  root: here,
  base: "/console/",
  // The library and the page must share one graphql, or each refuses the other's schema.
  resolve: { dedupe: ["graphql", "react", "react-dom"] },
  worker: { format: "es" },
  build: {
    outDir: resolve(here, "../../dist/console"),
    emptyOutDir: true,
    target: "es2022",
    reportCompressedSize: false,
    // Monaco is megabytes and that is known; it loads on /graphiql alone.
    chunkSizeWarningLimit: 5_000,
    rolldownOptions: {
      input: { graphiql: resolve(here, "graphiql.html") },
      // Dozens of lines on a hint that React's compiler left in GraphiQL's files for itself.
      onLog: (level, log, tell) => (log.code === "MODULE_LEVEL_DIRECTIVE" ? undefined : tell(level, log)),
    },
  },
});
