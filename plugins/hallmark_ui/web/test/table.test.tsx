/** The table of lists. */
import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { Problem } from "@/api/problem";
import { DataTable, type Column } from "@/components";
import { hosted } from "./hosted";

type Row = { readonly name: string; readonly rows: number | null };
const columns: readonly Column<Row>[] = [
  { key: "name", header: "Name", cell: (row) => row.name, sort: (row) => row.name },
  { key: "rows", header: "Rows", cell: (row) => row.rows, sort: (row) => row.rows, numeric: true },
];
const ROWS: readonly Row[] = [
  { name: "b", rows: 10 },
  { name: "a", rows: null },
  { name: "c", rows: 9 },
];
const table = (rows: readonly Row[] | undefined, error?: Error) =>
  hosted(
    <DataTable columns={columns} empty="Nothing yet" error={error} label="Things" rowKey={(row) => row.name} rows={rows} to={(row) => `/${row.name}`} />,
  );
const names = () => screen.getAllByRole("link").map((link) => link.textContent);

test("a click sorts up, another down, a third gives the table's own order, and what has no value stays last", async () => {
  table(ROWS);
  const head = screen.getByRole("button", { name: "Rows" });
  await userEvent.click(head);
  expect(names()).toEqual(["c", "b", "a"]);
  expect(screen.getByRole("columnheader", { name: "Rows" }).getAttribute("aria-sort")).toBe("ascending");
  await userEvent.click(head);
  expect(names()).toEqual(["b", "c", "a"]);
  await userEvent.click(head);
  expect(names()).toEqual(["b", "a", "c"]);
});

test("the arrow keys move along the rows' links and stop at the ends", async () => {
  table(ROWS);
  screen.getByRole("link", { name: "b" }).focus();
  await userEvent.keyboard("{ArrowDown}{ArrowDown}{ArrowDown}");
  expect(document.activeElement?.textContent).toBe("c");
  await userEvent.keyboard("{ArrowUp}");
  expect(document.activeElement?.textContent).toBe("a");
});

test("it says that it loads, that there is nothing, and why there is nothing to show", () => {
  table(undefined).unmount();
  table([]);
  expect(screen.getByText("Nothing yet")).toBeDefined();
  table(undefined, new Problem(503, "Service Unavailable", "The database is locked."));
  expect(screen.getByText("The catalog is out of reach")).toBeDefined();
});

test("of many rows the first are drawn, and the next on demand", async () => {
  table(Array.from({ length: 250 }, (_, place) => ({ name: `n${place}`, rows: place })));
  expect(names()).toHaveLength(200);
  await userEvent.click(screen.getByRole("button", { name: "Show more (50 left)" }));
  expect(names()).toHaveLength(250);
  expect(screen.queryByRole("button", { name: /Show more/ })).toBeNull();
});
