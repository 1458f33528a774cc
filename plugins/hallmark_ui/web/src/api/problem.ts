/** A refusal of the API: application/problem+json, RFC 9457. */

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
  ) {
    super(detail);
    this.name = "Problem";
  }

  /** Read the refusal; what a proxy says in its own words is told by its status. */
  static async of(response: Response): Promise<Problem> {
    const title = response.statusText || `Status ${response.status}`;
    const told = (await response
      .clone()
      .json()
      .catch(() => ({}))) as { title?: string; detail?: unknown };
    const detail = typeof told.detail === "string" ? told.detail : "The server gave no reason.";
    return new Problem(response.status, told.title ?? title, detail);
  }
}

/** Whether the session has ended: nothing is answered until the user logs in again. */
export const ended = (error: unknown): boolean => error instanceof Problem && error.status === 401;

/** Whether nobody answered: the catalog, the server or the network is out of reach, and may come back. */
export const unreachable = (error: unknown): boolean =>
  error instanceof Problem ? error.status >= 500 : error instanceof TypeError && /fetch|network/i.test(error.message);
