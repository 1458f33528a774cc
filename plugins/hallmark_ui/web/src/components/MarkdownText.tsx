/** The text of `Markdown`, in a file of its own: most pages have none. */
import { Box, Link } from "@chakra-ui/react";
import ReactMarkdown, { type Components } from "react-markdown";

const components: Components = {
  a: ({ children, href }) => (
    <Link color="fg.info" href={href} rel="noopener noreferrer" target="_blank">
      {children}
    </Link>
  ),
  // A picture would tell another server who reads.
  img: ({ alt }) => <>{alt}</>,
};

/** HTML in it stays text, and addresses other than http, https and mailto are dropped: the library's own rules. */
const MarkdownText = ({ children }: { readonly children: string }) => (
  <Box
    css={{
      "& code": { fontFamily: "mono", fontSize: "0.9em" },
      "& ol": { listStyle: "decimal", paddingInlineStart: "6" },
      "& p + p": { marginTop: "2" },
      "& ul": { listStyle: "disc", paddingInlineStart: "6" },
    }}
  >
    <ReactMarkdown components={components}>{children}</ReactMarkdown>
  </Box>
);

export default MarkdownText;
