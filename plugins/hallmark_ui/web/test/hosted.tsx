/** What Airflow puts around a component, for tests. */
import { ChakraProvider, defaultSystem } from "@chakra-ui/react";
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { MemoryRouter } from "react-router-dom";

export const hosted = (children: ReactNode, address = "/") =>
  render(
    <ChakraProvider value={defaultSystem}>
      <MemoryRouter initialEntries={[address]}>{children}</MemoryRouter>
    </ChakraProvider>,
  );
