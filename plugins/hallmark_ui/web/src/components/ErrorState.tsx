/** Says what went wrong and what to do: a refusal of the API, or a mistake of ours. */
import { Alert, Button, Link } from "@chakra-ui/react";
import { loginUrl } from "@/app/host";
import { ended, Problem, unreachable } from "@/api/problem";
import { Link as To } from "./Link";

type Told = { readonly title: string; readonly detail: string; readonly status: "error" | "warning" };

const BY_STATUS: Readonly<Record<number, { readonly title: string; readonly detail?: string }>> = {
  401: { title: "Your session has ended", detail: "Log in again to go on where you were." },
  403: { title: "You have no permission for this" },
  404: { title: "There is nothing of that name" },
  503: { title: "The catalog is out of reach" },
};

function told(error: Error): Told {
  if (!(error instanceof Problem)) {
    const offline = unreachable(error);
    return {
      title: offline ? "Airflow does not answer" : "This page has failed",
      detail: offline ? "Check the connection and try again." : error.message,
      status: "error",
    };
  }
  const known = BY_STATUS[error.status];
  return {
    title: known?.title ?? error.title,
    detail: known?.detail ?? error.detail,
    status: error.status < 500 ? "warning" : "error",
  };
}

/** Where to go on from what is not there. */
export type Back = readonly [label: string, to: string];

type Props = { readonly back?: Back; readonly error: Error; readonly retry?: () => void };

const gone = (error: Error): boolean => error instanceof Problem && error.status === 404;

export const ErrorState = ({ back, error, retry }: Props) => {
  const { detail, status, title } = told(error);
  const over = ended(error);
  return (
    <Alert.Root my={2} status={status}>
      <Alert.Indicator />
      <Alert.Content>
        <Alert.Title>{title}</Alert.Title>
        <Alert.Description overflowWrap="anywhere">
          {detail}{" "}
          {over ? (
            <Link fontWeight="bold" href={loginUrl()} textDecoration="underline">
              Log in
            </Link>
          ) : undefined}
          {back === undefined ? undefined : <To bold to={back[1]}>{back[0]}</To>}
        </Alert.Description>
      </Alert.Content>
      {retry === undefined || over || gone(error) ? undefined : (
        <Button alignSelf="center" onClick={retry} size="sm" variant="outline">
          Try again
        </Button>
      )}
    </Alert.Root>
  );
};
