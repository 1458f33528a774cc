import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { hostModules } from "./hostModules.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The page of the menu, and every module of src/tabs: each publishes one component. */
const entries = [
  "src/main.tsx",
  ...readdirSync(here("src/tabs"))
    .filter((file) => /^[a-z]+\.tsx$/.test(file))
    .map((file) => `src/tabs/${file}`),
];

export default defineConfig(({ mode }) => ({
  // Addresses relative to the module that asks: Airflow may live below a prefix.
  base: "./",
  plugins: [hostModules(), react()],
  resolve: { alias: { "@": here("src") } },
  worker: { format: "es" },
  build: {
    outDir: here("../dist"),
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2022",
    sourcemap: mode === "development",
    minify: mode !== "development",
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: entries.map(here),
      // Nothing imports an entry: running one publishes its component.
      preserveEntrySignatures: false,
      output: {
        // Airflow reads the entries' names when it starts: while pages are written they stay the same.
        entryFileNames: mode === "development" ? "assets/[name].js" : "assets/[name]-[hash].js",
        chunkFileNames: "assets/[name]-[hash].js",
        assetFileNames: "assets/[name]-[hash][extname]",
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [
            { name: "host", test: /host:|rolldown.runtime|preload-helper/ },
            { name: "frame", test: /[\\/]src[\\/](app|api|components)[\\/](?!App|Layout|pages|Markdown)/ },
            { name: "library", test: /node_modules[\\/](@tanstack|openapi-fetch|openapi-react-query|react-icons)[\\/]/ },
          ],
        },
      },
    },
  },
  test: { environment: "happy-dom", include: ["test/**/*.test.{ts,tsx}"], setupFiles: ["test/setup.ts"] },
}));
