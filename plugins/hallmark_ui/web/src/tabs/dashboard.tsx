/** The panel on Airflow's home page: whether the data held, and what needs somebody. */
import { Box, HStack } from "@chakra-ui/react";
import { FiShield } from "react-icons/fi";
import { api } from "@/api/client";
import { useLive } from "@/api/live";
import { at } from "@/app/paths";
import { publish } from "@/app/publish";
import { Card, count, Link, Loaded, Stat } from "@/components";
import { AttentionList } from "@/pages/overview/Attention";
import { VIEWS } from "@/pages/overview/principals";

const FEW = 3;
const DAYS = 14;

const Panel = () => {
  const query = api.useQuery("get", "/api/v1/overview", { params: { query: { days: DAYS } } }, { refetchInterval: useLive() });
  return (
    <Loaded query={query}>
      {({ attention, counts, totals, trend }) => {
        const met = trend.reduce((sum, day) => sum + day.passed, 0);
        const not = trend.reduce((sum, day) => sum + day.failed, 0);
        return (
          <Card actions={<Link to={at.overview()}>Overview</Link>} icon={FiShield} title="Data Quality">
            <HStack gap={10} mb={4} wrap="wrap">
              <Stat label="Datasets">{count(totals.datasets)}</Stat>
              <Stat label="Models">{count(totals.models)}</Stat>
              <Stat label={`Gates That Held, ${DAYS} Days`}>{count(met)} of {count(met + not)}</Stat>
            </HStack>
            <AttentionList counts={counts} items={attention} kinds={VIEWS.operations.kinds} most={FEW} />
          </Card>
        );
      }}
    </Loaded>
  );
};

publish("Hallmark panel", () => (
  <Box p={2}>
    <Panel />
  </Box>
));
