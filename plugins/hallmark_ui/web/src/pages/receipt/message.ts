/** A message of a stage, in parts that can be read. */

const STAGE = /^stage \S+(?: of (?:dataset|model) \S+)?: /;
// Begins with the names of columns, which are left as they are.
const NAMED = /^[^:]*: expect_/;

/** The facts of a message and what to do, each on its own; what is not Hallmark's own (an exception, a reason) stays whole. */
export function partsOf(message: string): readonly string[] {
  if (!STAGE.test(message)) {
    return message.trim() === "" ? [] : [message];
  }
  return message
    .replace(STAGE, "")
    .split(/;\s+/)
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => (NAMED.test(part) ? part : part.charAt(0).toUpperCase() + part.slice(1)));
}
