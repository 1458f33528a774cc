/** Fields for the values that a question asks for beside its options. */
import { Field, Input, NativeSelect, Stack, Switch, Textarea } from "@chakra-ui/react";
import type { FunctionComponent } from "react";
import { choices, formOf, meant, type Form, type Parameter } from "./asked";

export type Texts = Readonly<Record<string, string>>;

type EntryProps = { readonly name: string; readonly onChange: (text: string) => void; readonly parameter: Parameter; readonly text: string };

const Choose = ({ onChange, parameter, text }: EntryProps) => (
  <NativeSelect.Root>
    <NativeSelect.Field
      onChange={(event) => {
        onChange(event.target.value);
      }}
      value={text}
    >
      <option value="" />
      {choices(parameter).map((each) => (
        <option key={String(each)} value={String(each)}>
          {String(each)}
        </option>
      ))}
    </NativeSelect.Field>
    <NativeSelect.Indicator />
  </NativeSelect.Root>
);

const Toggle = ({ name, onChange, text }: EntryProps) => (
  <Switch.Root
    checked={text === "true"}
    onCheckedChange={({ checked }) => {
      onChange(String(checked));
    }}
  >
    <Switch.HiddenInput aria-label={name} />
    <Switch.Control />
  </Switch.Root>
);

const Line = ({ onChange, parameter, text }: EntryProps) => (
  <Input
    inputMode={formOf(parameter) === "figure" ? "decimal" : undefined}
    onChange={(event) => {
      onChange(event.target.value);
    }}
    value={text}
  />
);

const Lines = ({ onChange, text }: EntryProps) => (
  <Textarea
    fontFamily="mono"
    onChange={(event) => {
      onChange(event.target.value);
    }}
    value={text}
  />
);

const ENTRIES: Readonly<Record<Form, FunctionComponent<EntryProps>>> = { choice: Choose, figure: Line, json: Lines, switch: Toggle, text: Line };

const NEEDS: Readonly<Partial<Record<Form, string>>> = { figure: "This is not a number.", json: "This is not JSON." };

type Props = { readonly onChange: (texts: Texts) => void; readonly parameters: Readonly<Record<string, Parameter>>; readonly texts: Texts };

export const Parameters = ({ onChange, parameters, texts }: Props) => (
  <Stack gap={3} maxWidth="480px">
    {Object.entries(parameters).map(([name, parameter]) => {
      const Entry = ENTRIES[formOf(parameter)];
      const text = texts[name] ?? "";
      return (
        <Field.Root invalid={meant(parameter, text) === undefined} key={name}>
          <Field.Label>{name}</Field.Label>
          <Entry
            name={name}
            onChange={(next) => {
              onChange({ ...texts, [name]: next });
            }}
            parameter={parameter}
            text={text}
          />
          {parameter.description ? <Field.HelperText>{parameter.description}</Field.HelperText> : undefined}
          <Field.ErrorText>{NEEDS[formOf(parameter)]}</Field.ErrorText>
        </Field.Root>
      );
    })}
  </Stack>
);
