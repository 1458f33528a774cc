/** The words of the pages that a newcomer to them has to look up, each in a sentence. */
export const glossary = {
  dataset: "A named, versioned data product with a contract, an owner and a place in the lake.",
  stage: "A task that turns versions of its inputs into one version of its output.",
  gate: "The check between a stage's work and its publication: what fails is never visible to a reader.",
  receipt: "What a stage leaves behind: its inputs and output at their versions, code, parameters, the gate's result.",
  contract: "What a dataset promises: its columns, its keys, its freshness and its suite of expectations.",
  suite: "The expectations that a gate checks, in the form of Great Expectations.",
  expectation: "One statement that the data has to meet, such as: no value of this column is null.",
  quarantine: "Rows that failed a check that was about them alone, set apart for a review while the rest was published.",
  partition: "The part of a dataset that one run replaces, such as a day.",
  freshness: "How old the newest version may be before the dataset counts as late.",
  drift: "How far a column's values have moved from those of an earlier version.",
  psi: "Population stability index: below 0.1 stable, to 0.25 moderate, above it strong.",
  champion: "The version of a model that predictions are made with.",
  challenger: "The newest version of a model that has not become the champion.",
  classification: "How sensitive the data is: personal data is shown masked.",
  severity: "What a failed expectation does: critical stops the publication, a warning or an information is only noted.",
  lineage: "What was made from what, column by column.",
  principal: "The user or the machine in whose name the stage ran.",
} as const;

export type TermName = keyof typeof glossary;
