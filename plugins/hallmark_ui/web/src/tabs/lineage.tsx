/** The tab Lineage of a Dag, of a run, and of a task instance. */
import { Box } from "@chakra-ui/react";
import { lazy } from "react";
import { publish } from "@/app/publish";

// The drawing is large: it comes when the tab is opened.
const Lineage = lazy(() => import("./lineage/Lineage"));

publish("Lineage", (props) => (
  <Box p={2}>
    <Lineage {...props} />
  </Box>
));
