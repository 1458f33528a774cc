/** The options of a question, one click each, or several to tick and send. */
import { Button, Checkbox, HStack, Stack, Text } from "@chakra-ui/react";
import { useState } from "react";
import { meant, written, type Question } from "./asked";
import { Parameters, type Texts } from "./Parameters";

export type Answered = { readonly chosen_options: readonly string[]; readonly params_input: Readonly<Record<string, unknown>> };

type Props = { readonly busy: boolean; readonly onAnswer: (answer: Answered) => void; readonly question: Question };

const first = ({ params }: Question): Texts => Object.fromEntries(Object.entries(params).map(([name, one]) => [name, written(one, one.value)]));

type OptionsProps = { readonly busy: boolean; readonly onChoose: (chosen: readonly string[]) => void; readonly question: Question };

const One = ({ busy, onChoose, question: { defaults, options } }: OptionsProps) => (
  <HStack flexWrap="wrap" gap={2}>
    {options.map((option, place) => (
      <Button
        colorPalette="brand"
        disabled={busy}
        key={option}
        onClick={() => {
          onChoose([option]);
        }}
        variant={(defaults?.includes(option) ?? place === 0) ? "solid" : "outline"}
      >
        {option}
      </Button>
    ))}
  </HStack>
);

const Several = ({ busy, onChoose, question: { defaults, options } }: OptionsProps) => {
  const [chosen, setChosen] = useState<readonly string[]>(defaults ?? []);
  return (
    <Stack gap={3}>
      {options.map((option) => (
        <Checkbox.Root
          checked={chosen.includes(option)}
          key={option}
          onCheckedChange={({ checked }) => {
            setChosen(checked === true ? [...chosen, option] : chosen.filter((each) => each !== option));
          }}
        >
          <Checkbox.HiddenInput />
          <Checkbox.Control />
          <Checkbox.Label>{option}</Checkbox.Label>
        </Checkbox.Root>
      ))}
      <Button
        alignSelf="flex-start"
        colorPalette="brand"
        disabled={busy || chosen.length === 0}
        onClick={() => {
          onChoose(chosen);
        }}
      >
        Answer
      </Button>
    </Stack>
  );
};

export const Answer = ({ busy, onAnswer, question }: Props) => {
  const [texts, setTexts] = useState(() => first(question));
  const values = Object.fromEntries(Object.entries(question.params).map(([name, one]) => [name, meant(one, texts[name] ?? "")]));
  const right = Object.values(values).every((value) => value !== undefined);
  const Options = question.multiple ? Several : One;
  return (
    <Stack gap={4}>
      <Parameters onChange={setTexts} parameters={question.params} texts={texts} />
      <Options
        busy={busy || !right}
        onChoose={(chosen) => {
          onAnswer({ chosen_options: chosen, params_input: values });
        }}
        question={question}
      />
      <Text color="fg.muted" fontSize="sm">
        The answer is given in your name, and the run goes on with it.
      </Text>
    </Stack>
  );
};
