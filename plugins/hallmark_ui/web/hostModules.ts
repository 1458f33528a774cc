/** React, Chakra and the router are Airflow's: a second copy would know nothing of its theme and its address bar. */
import { createRequire } from "node:module";
import type { Plugin } from "vite";

/** Where Airflow's UI keeps a module that it shares with plugins. */
export const HOST_MODULES: Readonly<Record<string, string>> = {
  react: "React",
  "react-dom": "ReactDOM",
  "react/jsx-runtime": "ReactJSXRuntime",
  "react-router-dom": "ReactRouterDOM",
  "@chakra-ui/react": "ChakraUI",
  "@emotion/react": "EmotionReact",
};

const MARK = "\0host:";
const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;
const resolveHere = createRequire(import.meta.url);

/** The source of a module whose exports are read from the host's global. */
function reexport(name: string): string {
  const global = HOST_MODULES[name];
  const names = Object.keys(resolveHere(name) as object).filter((key) => key !== "default" && IDENTIFIER.test(key));
  const lines = names.map((key) => `export const ${key} = /* @__PURE__ */ (() => host.${key})();`);
  return [`const host = globalThis.${global};`, "export default host;", ...lines].join("\n");
}

/** Resolve the shared modules to what the host has. */
export function hostModules(): Plugin {
  return {
    name: "hallmark-host-modules",
    enforce: "pre",
    apply: "build",
    resolveId: (source) => (source in HOST_MODULES ? MARK + source : null),
    load: (id) => (id.startsWith(MARK) ? reexport(id.slice(MARK.length)) : null),
  };
}
