/**
 * Badges above Airflow's page of an asset that is a dataset or a model of ours.
 *
 * Airflow has no place of that name: this one is above every page of its own, so the module is small, and loads what
 * it shows on an asset's page alone.
 */
import { lazy, Suspense } from "react";
import { useLocation } from "react-router-dom";

const Badges = lazy(() => import("./asset/Badges"));
const ASSET = /^\/assets\/(\d+)(?:\/|$)/;

const AssetBadges = () => {
  const asset = ASSET.exec(useLocation().pathname)?.[1];
  return asset === undefined ? null : (
    <Suspense fallback={null}>
      <Badges asset={asset} key={asset} />
    </Suspense>
  );
};

// As publish() does, without what a page of ours stands in.
Reflect.set(globalThis, "Hallmark badges", AssetBadges);
Reflect.set(globalThis, "AirflowPlugin", AssetBadges);
