/** Says what went wrong and what to do: a refusal of the API, or a mistake of ours. */
import { Alert, Button, Link } from "@chakra-ui/react";
import { loginUrl } from "@/app/host";
import { Problem } from "@/api/problem";

type Told = { readonly title: string; readonly detail: string; readonly status: "error" | "warning" };

const BY_STATUS: Readonly<Record<number, { readonly title: string; readonly detail?: string }>> = {
  401: { title: "Your session has ended", detail: "Log in again to go on where you were." },
  403: { title: "You may not see this" },
  404: { title: "There is nothing of that name" },
  503: { title: "The catalog is out of reach" },
};

function told(error: Error): Told {
  if (!(error instanceof Problem)) {
    const offline = error instanceof TypeError && /fetch|network/i.test(error.message);
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

type Props = { readonly error: Error; readonly retry?: () => void };

export const ErrorState = ({ error, retry }: Props) => {
  const { detail, status, title } = told(error);
  const ended = error instanceof Problem && error.status === 401;
  return (
    <Alert.Root my={2} status={status}>
      <Alert.Indicator />
      <Alert.Content>
        <Alert.Title>{title}</Alert.Title>
        <Alert.Description overflowWrap="anywhere">
          {detail}{" "}
          {ended ? (
            <Link fontWeight="bold" href={loginUrl()} textDecoration="underline">
              Log in
            </Link>
          ) : undefined}
        </Alert.Description>
      </Alert.Content>
      {retry === undefined || ended ? undefined : (
        <Button alignSelf="center" onClick={retry} size="sm" variant="outline">
          Try again
        </Button>
      )}
    </Alert.Root>
  );
};
