/** A field to choose one of few with; empty is all. */
import { NativeSelect } from "@chakra-ui/react";

export type Option = { readonly label: string; readonly value: string };

type Props = {
  /** What the empty choice is called. */
  readonly all?: string;
  readonly label: string;
  readonly onChange: (value: string) => void;
  readonly options: readonly Option[];
  readonly value: string;
  /** As wide as it may become. */
  readonly widest?: string;
};

export const Choice = ({ all, label, onChange, options, value, widest = "220px" }: Props) => (
  <NativeSelect.Root flexShrink={0} maxWidth={widest} width="auto">
    <NativeSelect.Field
      aria-label={label}
      onChange={(event) => {
        onChange(event.target.value);
      }}
      value={value}
    >
      <option value="">{all ?? `${label}: all`}</option>
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </NativeSelect.Field>
    <NativeSelect.Indicator />
  </NativeSelect.Root>
);
