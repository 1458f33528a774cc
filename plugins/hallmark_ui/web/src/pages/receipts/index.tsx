/** The list of receipts: what every stage has left behind. */
import { Button, Flex, Heading, HStack } from "@chakra-ui/react";
import { useMemo } from "react";
import { FiDownload } from "react-icons/fi";
import { useSearchParams } from "react-router-dom";
import { api } from "@/api/client";
import { useLive } from "@/api/live";
import { LISTING, listed, titled } from "@/api/listing";
import { hostUrl } from "@/app/host";
import { useParam } from "@/app/params";
import { at } from "@/app/paths";
import { DataTable, EmptyState } from "@/components";
import { columns } from "./columns";
import { exportOf, filtered, type Filtered } from "./filtered";
import { Filters } from "./Filters";

const ORDERED = columns.map((column) => (column.key === "started" ? { ...column, sort: () => null } : column));

const Files = ({ order, wanted }: { readonly order: string; readonly wanted: Filtered }) => (
  <HStack>
    {(["csv", "json"] as const).map((format) => (
      <Button asChild key={format} size="sm" variant="outline">
        <a download href={hostUrl(exportOf(wanted, order, format))}>
          <FiDownload /> {format.toUpperCase()}
        </a>
      </Button>
    ))}
  </HStack>
);

const Receipts = () => {
  const [parameters] = useSearchParams();
  const wanted = useMemo(() => filtered(parameters), [parameters]);
  const [told, setOrder] = useParam("order", "desc");
  const order = told === "asc" ? "asc" : "desc";
  const query = api.useInfiniteQuery("get", "/api/v1/receipts", { params: { query: { ...wanted, order } } }, { ...LISTING, refetchInterval: useLive() });
  return (
    <>
      <Filters />
      <Flex alignItems="center" justifyContent="space-between" mb={2}>
        <Heading size="md">{titled(query, "Receipt")}</Heading>
        <Files order={order} wanted={wanted} />
      </Flex>
      <DataTable
        {...listed(query)}
        columns={ORDERED}
        empty={<EmptyState title="No receipt fits">Every run of a stage leaves one behind, be it refused or failed.</EmptyState>}
        error={query.error}
        label="Receipts"
        onSort={(next) => {
          setOrder(next === null ? "" : next.order);
        }}
        retry={() => void query.refetch()}
        rowKey={(row) => row.id}
        sort={{ key: "started", order }}
        to={(row) => at.receipt(row.id)}
      />
    </>
  );
};

export default Receipts;
