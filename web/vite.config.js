// Each island is one file under its own name: a page asks for the one it has, and the binary says
// by its digest whether a browser still has it.
import { defineConfig } from "vite";

export default defineConfig({
  build: {
    outDir: process.env.FIELDMARK_ISLANDS ?? "dist",
    emptyOutDir: false,
    modulePreload: false,
    // What others wrote goes with its licence.
    license: { fileName: "LICENSES.md" },
    rollupOptions: {
      input: { graph: "src/graph.ts", graphql: "src/graphql.ts", query: "src/query.ts", review: "src/review.ts", write: "src/write.ts" },
      output: {
        entryFileNames: "[name].js",
        // What several share is asked for by its digest.
        chunkFileNames: "[name]-[hash].js",
      },
    },
  },
});
