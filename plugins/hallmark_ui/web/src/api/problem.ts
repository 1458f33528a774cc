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
