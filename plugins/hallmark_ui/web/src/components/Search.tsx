/** A field to search with: what is typed counts when the typing pauses. */
import { Input, InputGroup } from "@chakra-ui/react";
import { useEffect, useState } from "react";
import { FiSearch } from "react-icons/fi";

const PAUSE = 250;

type Props = {
  readonly onChange: (value: string) => void;
  readonly placeholder: string;
  readonly value: string;
};

export const Search = ({ onChange, placeholder, value }: Props) => {
  const [typed, setTyped] = useState(value);
  useEffect(() => {
    if (typed === value) {
      return undefined;
    }
    const timer = setTimeout(() => {
      onChange(typed);
    }, PAUSE);
    return () => {
      clearTimeout(timer);
    };
  }, [typed, value, onChange]);
  return (
    <InputGroup startElement={<FiSearch />}>
      <Input
        aria-label={placeholder}
        onChange={(event) => {
          setTyped(event.target.value);
        }}
        placeholder={placeholder}
        type="search"
        value={typed}
      />
    </InputGroup>
  );
};
