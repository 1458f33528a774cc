/** The pages of Hallmark and the way between them. */
import { lazy } from "react";
import { Navigate, Route, Routes } from "react-router-dom";
import { EmptyState } from "@/components/EmptyState";
import { Layout } from "./Layout";
import { at } from "./paths";
import { pages, sections } from "./pages";

// Made once: Airflow mounts us anew at every address, and what was loaded must be there at once.
const views = pages.map((page) => ({ page, View: lazy(page.load) }));

export const App = () => (
  <Routes>
    <Route element={<Layout />}>
      <Route element={<Navigate replace to={at.page(sections[0]?.path ?? "")} />} index />
      {views.map(({ page, View }) => (
        <Route element={<View />} key={page.path} path={page.path} />
      ))}
      <Route element={<EmptyState title="There is no such page">Choose another above.</EmptyState>} path="*" />
    </Route>
  </Routes>
);
