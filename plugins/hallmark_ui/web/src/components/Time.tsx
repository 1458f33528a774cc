/** A time in the zone that the user has chosen in Airflow. */
import { chakra } from "@chakra-ui/react";
import { useTimezone } from "@/app/host";
import { absolute, relative } from "./time";
import { Tip } from "./Tip";

type Props = { readonly at: string | null | undefined };

/** As Airflow writes it, with the time in UTC where the zone is another. */
export const Time = ({ at }: Props) => {
  const zone = useTimezone();
  return at === null || at === undefined ? undefined : (
    <Tip text={zone === "UTC" ? undefined : `${absolute(at, "UTC")} UTC`}>
      <chakra.time dateTime={at} whiteSpace="nowrap">
        {absolute(at, zone)}
      </chakra.time>
    </Tip>
  );
};

/** How long ago it was, with the time itself to look up. */
export const RelativeTime = ({ at }: Props) => {
  const zone = useTimezone();
  return at === null || at === undefined ? undefined : (
    <Tip text={`${absolute(at, zone)} ${zone}`}>
      <chakra.time dateTime={at} whiteSpace="nowrap">
        {relative(at)}
      </chakra.time>
    </Tip>
  );
};
