/** A question that a task asks people: answered here, or on Airflow's own page alike. */
import { Alert, Button, Stack, Text } from "@chakra-ui/react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { FiExternalLink, FiHelpCircle } from "react-icons/fi";
import { Link as RouterLink, useParams } from "react-router-dom";
import { airflow, questionPath } from "@/api/airflow";
import { api } from "@/api/client";
import { whileRunning } from "@/api/live";
import { at } from "@/app/paths";
import { Card, ErrorState, Link, Loaded, Markdown, PageHeader, StateBadge, Time } from "@/components";
import { Origin } from "@/components/Origin";
import { Answer, type Answered } from "./Answer";
import type { Question } from "./asked";

type Task = { readonly dag_id: string; readonly map_index: number; readonly run_id: string; readonly task_id: string };

const Head = ({ question, task }: { readonly question: Question; readonly task: Task }) => (
  <PageHeader
    actions={
      <Button asChild size="sm" variant="outline">
        <RouterLink to={`${at.task(task.dag_id, task.run_id, task.task_id, task.map_index)}/required_actions`}>
          <FiExternalLink /> Airflow&apos;s Page
        </RouterLink>
      </Button>
    }
    badges={question.response_received ? <StateBadge state="released">Answered</StateBadge> : <StateBadge state="open">Question</StateBadge>}
    icon={FiHelpCircle}
    stats={[
      ["Task Instance", <Origin key="origin" of={task} />],
      ["Asked", <Time at={question.created_at} key="at" />],
      ...(question.assigned_users.length > 0 ? [["Asked Of", question.assigned_users.map(({ name }) => name).join(", ")] as const] : []),
    ]}
    title={question.subject}
  />
);

/** Who has answered what: this user, or somebody else meanwhile. */
const Given = ({ question }: { readonly question: Question }) => (
  <Alert.Root aria-live="polite" status="success">
    <Alert.Indicator />
    <Alert.Content>
      <Alert.Title>Answered: {(question.chosen_options ?? []).join(", ")}</Alert.Title>
      <Alert.Description>
        {question.responded_by_user === null ? "After its time" : `By ${question.responded_by_user.name}`}, <Time at={question.responded_at} />.{" "}
        <Link to={at.reviews()}>What else waits</Link>
      </Alert.Description>
    </Alert.Content>
  </Alert.Root>
);

function useAnswer(path: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (answer: Answered) => airflow(path, answer),
    // Also after a refusal: somebody else may have been quicker.
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ["airflow", path] }),
        client.invalidateQueries({ queryKey: ["get", "/api/v1/reviews"] }),
        client.invalidateQueries({ queryKey: ["get", "/api/v1/overview"] }),
      ]),
  });
}

const Open = ({ path, question }: { readonly path: string; readonly question: Question }) => {
  const me = api.useQuery("get", "/api/v1/me");
  const answer = useAnswer(path);
  if (question.response_received) {
    return <Given question={question} />;
  }
  return me.data?.may.review === false ? (
    <Text>Whoever may edit this Dag can answer.</Text>
  ) : (
    <>
      {answer.error === null ? undefined : <ErrorState error={answer.error} />}
      <Answer
        busy={answer.isPending}
        onAnswer={(told) => {
          answer.mutate(told);
        }}
        question={question}
      />
    </>
  );
};

const QuestionPage = () => {
  const { dag = "", map = "-1", run = "", task = "" } = useParams();
  const path = questionPath(dag, run, task, Number(map));
  const query = useQuery({
    queryFn: () => airflow<Question>(path),
    queryKey: ["airflow", path],
    refetchInterval: whileRunning<Question>(({ response_received }) => !response_received),
  });
  return (
    <Loaded back={["What else waits", at.reviews()]} query={query}>
      {(question) => (
        <>
          <Head question={question} task={{ dag_id: dag, map_index: Number(map), run_id: run, task_id: task }} />
          <Stack gap={4}>
            {question.body ? <Card><Markdown>{question.body}</Markdown></Card> : undefined}
            <Open path={path} question={question} />
          </Stack>
        </>
      )}
    </Loaded>
  );
};

export default QuestionPage;
