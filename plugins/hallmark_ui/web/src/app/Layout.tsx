/** The frame of our pages: the sub-navigation, then the page. */
import { Box } from "@chakra-ui/react";
import { Suspense } from "react";
import { Outlet } from "react-router-dom";
import { Loading } from "@/components/Loading";
import { TabBar } from "@/components/TabBar";
import { at } from "./paths";
import { sections } from "./pages";

// An image has one colour, and Airflow's icons turn white where they are chosen: while we are shown, ours does.
const CHOSEN = `[data-testid="nav-sidebar"] img[src*="hallmark/static/icon"] { filter: brightness(0) invert(1); }`;

const tabs = sections.map((page) => ({ label: page.nav, to: at.page(page.path) }));

export const Layout = () => (
  // Airflow takes two steps off the margin of a plugin's page: here they are again.
  <Box display="flex" flexDirection="column" minHeight="100%" p={2}>
    <style>{CHOSEN}</style>
    <TabBar label="Hallmark" tabs={tabs} />
    <Box flex={1} pt={4}>
      <Suspense fallback={<Loading />}>
        <Outlet />
      </Suspense>
    </Box>
  </Box>
);
