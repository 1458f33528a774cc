/** What the catalog knows of an asset: its gate, whether it is fresh, its newest version; nothing of other people's assets. */
import { HStack, Text } from "@chakra-ui/react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { api } from "@/api/client";
import { hostUrl } from "@/app/host";
import { at } from "@/app/paths";
import { Root } from "@/app/Root";
import { GateBadge, Link, Pill, RelativeTime } from "@/components";

type Asset = { readonly name: string; readonly uri: string };

const URI = /^hallmark:\/\/(dataset|model)\//;

async function read(asset: string): Promise<Asset | null> {
  const answer = await globalThis.fetch(hostUrl(`api/v2/assets/${asset}`));
  return answer.ok ? ((await answer.json()) as Asset) : null;
}

const Row = ({ children, label }: { readonly children: ReactNode; readonly label: string }) => (
  <HStack aria-label={label} fontSize="sm" gap={3} pb={2} px={1} role="group" wrap="wrap">
    {children}
  </HStack>
);

const DatasetBadges = ({ name }: { readonly name: string }) => {
  const { data } = api.useQuery("get", "/api/v1/catalog/datasets/{dataset}", { params: { path: { dataset: name } } }, { retry: false });
  return data === undefined ? null : (
    <Row label={`Hallmark: ${name}`}>
      <GateBadge failed={data.gate?.checks_failed} passed={data.gate?.checks_passed} published={data.gate?.published} success={data.gate?.success} />
      {data.stale === null ? null : <Pill palette={data.stale ? "warning" : "success"}>{data.stale ? "Late" : "Fresh"}</Pill>}
      {data.classification === null ? null : <Pill palette="purple">{data.classification}</Pill>}
      {data.latest_version === null ? null : (
        <Text color="fg.muted">
          version {data.latest_version}, <RelativeTime at={data.last_published_at} />
        </Text>
      )}
      <Link to={at.dataset(name)}>Dataset</Link>
      <Link to={at.lineage(data.node)}>Lineage</Link>
    </Row>
  );
};

const ModelBadges = ({ name }: { readonly name: string }) => {
  const { data } = api.useQuery("get", "/api/v1/models/{model}", { params: { path: { model: name } } }, { retry: false });
  return data === undefined ? null : (
    <Row label={`Hallmark: ${name}`}>
      {data.champion === null ? null : <Pill palette="success">{`Champion ${data.champion.version}`}</Pill>}
      {data.challenger === null ? null : <Pill palette="queued">{`Challenger ${data.challenger.version}`}</Pill>}
      <Link to={at.model(name)}>Model</Link>
    </Row>
  );
};

const KINDS = { dataset: DatasetBadges, model: ModelBadges } as const;

const Known = ({ asset }: { readonly asset: string }) => {
  const { data } = useQuery({ queryFn: () => read(asset), queryKey: ["airflow", "asset", asset], retry: false });
  const kind = URI.exec(data?.uri ?? "")?.[1] as keyof typeof KINDS | undefined;
  const Kind = kind === undefined ? undefined : KINDS[kind];
  return Kind === undefined || data === undefined || data === null ? null : <Kind name={data.name} />;
};

const Badges = ({ asset }: { readonly asset: string }) => (
  <div data-hallmark="Hallmark badges" style={{ display: "contents" }}>
    <Root>
      <Known asset={asset} />
    </Root>
  </div>
);

export default Badges;
