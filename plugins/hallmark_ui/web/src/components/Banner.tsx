/** Over a page: that the session has ended, or that what is shown may be old. */
import { Alert, Link } from "@chakra-ui/react";
import { loginUrl } from "@/app/host";
import { useStanding, type Standing } from "@/api/standing";

type Told = { readonly detail: string; readonly status: "error" | "warning"; readonly title: string };

const TOLD: Readonly<Record<Exclude<Standing, "well">, Told>> = {
  ended: { detail: "Log in again to go on where you were.", status: "warning", title: "Your session has ended" },
  unreachable: { detail: "This is what was known before. It is tried again by itself.", status: "error", title: "The catalog is out of reach" },
};

export const Banner = () => {
  const standing = useStanding();
  if (standing === "well") {
    return undefined;
  }
  const { detail, status, title } = TOLD[standing];
  return (
    <Alert.Root m={2} role="alert" width="auto" status={status}>
      <Alert.Indicator />
      <Alert.Content>
        <Alert.Title>{title}</Alert.Title>
        <Alert.Description>
          {detail}{" "}
          {standing === "ended" ? (
            <Link fontWeight="bold" href={loginUrl()} textDecoration="underline">
              Log in
            </Link>
          ) : undefined}
        </Alert.Description>
      </Alert.Content>
    </Alert.Root>
  );
};
