/**
 * The API, with the types of its description.
 *
 * Pages read it through `api.useQuery("get", "/api/v1/…", { params })`; refusals are errors of type `Problem`.
 */
import createFetchClient from "openapi-fetch";
import createQueryClient from "openapi-react-query";
import { hostUrl } from "@/app/host";
import { Problem } from "./problem";
import type { paths } from "./schema";

export const client = createFetchClient<paths>({
  baseUrl: hostUrl("hallmark"),
  // Asks again with the ETag of what the browser keeps.
  cache: "no-cache",
  // As a repeated parameter: ?owner=a&owner=b.
  querySerializer: { array: { style: "form", explode: true } },
  fetch: (request) => globalThis.fetch(request),
});

client.use({
  onResponse: async ({ response }) => {
    if (!response.ok) {
      throw await Problem.of(response);
    }
  },
});

export const api = createQueryClient(client);
